fn main() {
    frontend::start(app::MyApp);
}
