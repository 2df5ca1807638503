//! `git orchestrate completions`: what a shell needs to complete both programs.
//!
//! In bash, git's own completion answers for `git <TAB>` and hands `git orchestrate <TAB>` to a
//! function named `_git_orchestrate`; one for each program is printed along.

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::cli::{orchestrate, worker};

/// Print the completions of a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Bash:  cd ~/.local/share/bash-completion/completions
       git orchestrate completions bash >git-orchestrate && ln -s git-orchestrate git-worker
Zsh:   git orchestrate completions zsh >\"${fpath[1]}/_git-orchestrate\"
Fish:  git orchestrate completions fish >~/.config/fish/completions/git-orchestrate.fish")]
pub struct Args {
    /// The shell to print completions for
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let mut script = Vec::new();
    let programs =
        [(orchestrate::Program::command(), "git-orchestrate"), (worker::Program::command(), "git-worker")];
    for (mut program, name) in programs {
        clap_complete::generate(args.shell, &mut program, name, &mut script);
    }
    let mut script = String::from_utf8(script)?;
    match args.shell {
        Shell::Bash => script.push_str(BASH_FOR_GIT),
        Shell::Fish => script.push_str(FISH_FOR_GIT),
        _ => {}
    }
    session.answer(&script)?;
    Ok(Exit::Done)
}

/// git's completion calls `_git_<command>` with its own `words` and `cword`, which count the `git`
/// before the command; the generated functions expect to start at the program itself.
const BASH_FOR_GIT: &str = r#"
__git_orchestrate_words() {
    local generated=$1 program=$2 at=${__git_cmd_idx:-1}
    local -a COMP_WORDS=("$program" "${words[@]:$((at + 1))}")
    local COMP_CWORD=$((cword - at))
    "$generated" "$program" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
}
_git_orchestrate() { __git_orchestrate_words _git__orchestrate git-orchestrate; }
_git_worker() { __git_orchestrate_words _git__worker git-worker; }
"#;

/// fish completes `git` from its own table; subcommands of ours are completed as if the program
/// had been called by its own name.
const FISH_FOR_GIT: &str = r#"
complete -c git -n '__fish_seen_subcommand_from orchestrate' -f -a '(complete -C (string replace -r "^git\s+orchestrate" "git-orchestrate" -- (commandline -cp)))'
complete -c git -n '__fish_seen_subcommand_from worker' -f -a '(complete -C (string replace -r "^git\s+worker" "git-worker" -- (commandline -cp)))'
"#;
