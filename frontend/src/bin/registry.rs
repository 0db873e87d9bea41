fn main() {
    frontend::start(app::RegistryApp);
}
