//! The one binary. Everything is in the library, so that tests and chores can reach it.

/// Answers are made of many small pieces that live for microseconds: the system's allocator took
/// a sixth of the time of a hot answer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    marquee_server::run()
}
