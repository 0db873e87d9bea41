fn main() {
    frontend::start(app::DeskRequestApp);
}
