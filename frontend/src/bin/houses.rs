fn main() {
    frontend::start(app::HousesApp);
}
