//! The one binary. Everything is in the library, so that tests and chores can reach it.

fn main() -> std::process::ExitCode {
    marquee_server::run()
}
