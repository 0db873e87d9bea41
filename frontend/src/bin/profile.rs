fn main() {
    frontend::start(app::ProfileApp);
}
