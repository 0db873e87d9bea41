fn main() {
    frontend::start(app::OfficeApp);
}
