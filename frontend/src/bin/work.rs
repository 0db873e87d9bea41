fn main() {
    frontend::start(app::WorkApp);
}
