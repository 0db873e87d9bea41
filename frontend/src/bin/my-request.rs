fn main() {
    frontend::start(app::MyRequestApp);
}
