fn main() {
    frontend::start(app::SettingsApp);
}
