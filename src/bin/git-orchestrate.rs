//! `git orchestrate`: the lead's program. All it does is in [`orchestrate::cli::orchestrate`].

fn main() -> std::process::ExitCode {
    orchestrate::cli::orchestrate::main()
}
