fn main() {
    frontend::start(app::PeopleApp);
}
