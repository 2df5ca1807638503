//! `git worker`: the same from inside one worktree. All it does is in [`orchestrate::cli::worker`].

fn main() -> std::process::ExitCode {
    orchestrate::cli::worker::main()
}
