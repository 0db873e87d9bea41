fn main() {
    frontend::start(app::MyHomeApp);
}
