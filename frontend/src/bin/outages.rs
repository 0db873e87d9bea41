fn main() {
    frontend::start(app::OutagesApp);
}
