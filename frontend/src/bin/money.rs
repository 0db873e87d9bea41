fn main() {
    frontend::start(app::MoneyApp);
}
