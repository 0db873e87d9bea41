fn main() {
    frontend::start(app::DeskApp);
}
