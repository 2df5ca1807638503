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
use crate::git::Repository;
use crate::ops::run;

/// Print the completions of a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Bash:  cd ~/.local/share/bash-completion/completions
       git orchestrate completions bash >git-orchestrate && ln -s git-orchestrate git-worker
Zsh:   git orchestrate completions zsh >\"${fpath[1]}/_git-orchestrate\"
Fish:  git orchestrate completions fish >~/.config/fish/completions/git-orchestrate.fish")]
pub struct Args {
    /// The shell to print completions for
    #[arg(value_enum, required_unless_present = "tasks")]
    shell: Option<Shell>,
    /// Print the names that stand for a task, and the items that tasks provide; for the completions
    #[arg(long, hide = true, conflicts_with = "shell")]
    tasks: bool,
}

/// Runs the verb and answers.
pub fn run(args: &Args, session: &Session) -> Result<Exit> {
    let Some(shell) = args.shell else { return tasks(session) };
    let mut script = Vec::new();
    let programs =
        [(orchestrate::Program::command(), "git-orchestrate"), (worker::Program::command(), "git-worker")];
    for (mut program, name) in programs {
        clap_complete::generate(shell, &mut program, name, &mut script);
    }
    let mut script = String::from_utf8(script)?;
    match shell {
        Shell::Bash => script = one_name(&script) + BASH_FOR_GIT,
        Shell::Fish => script.push_str(FISH_FOR_GIT),
        _ => {}
    }
    session.answer(&script)?;
    Ok(Exit::Done)
}

/// The generated script looks verbs up under the program's own name, and files them under the name with
/// a space that people type.
fn one_name(script: &str) -> String {
    ["orchestrate", "worker"].iter().fold(script.to_owned(), |script, program| {
        script.replace(&format!("git__subcmd__{program}"), &format!("git__{program}"))
    })
}

/// Nothing where no single run is meant: whoever presses TAB wants no error.
fn tasks(session: &Session) -> Result<Exit> {
    let Ok(recorded) = Repository::discover().and_then(|repo| run::choose(&repo, None)) else {
        return Ok(Exit::Done);
    };
    let mut names = String::new();
    for task in &recorded.plan.tasks {
        let short = task.name.short();
        names.extend([format!("{short}\n"), format!("{}\n", task.name)]);
        names.extend(task.provides.iter().map(|item| format!("{short}/{item}\n")));
    }
    session.answer(&names)?;
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
    local names word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    case "$program ${COMP_WORDS[1]} $before" in
        "git-orchestrate integrate --skip") ;;
        *" -"* | "git-orchestrate integrate "*) return ;;
    esac
    case "$program ${COMP_WORDS[1]}" in
        "git-orchestrate brief" | "git-orchestrate verify" | "git-orchestrate integrate" | "git-worker merge")
            names=$(git orchestrate completions --tasks 2>/dev/null | grep -v /) ;;
        "git-worker needs")
            names=$(git orchestrate completions --tasks 2>/dev/null | grep /) ;;
    esac
    if [[ $names && $word != -* ]] && ((COMP_CWORD > 1)); then
        COMPREPLY=($(compgen -W "$names" -- "$word"))
    fi
}
_git_orchestrate() { __git_orchestrate_words _git__orchestrate git-orchestrate; }
_git_worker() { __git_orchestrate_words _git__worker git-worker; }
"#;

/// fish completes `git` from its own table; subcommands of ours are completed as if the program
/// had been called by its own name.
const FISH_FOR_GIT: &str = r#"
complete -c git -n '__fish_seen_subcommand_from orchestrate' -f -a '(complete -C (string replace -r "^git\s+orchestrate" "git-orchestrate" -- (commandline -cp)))'
complete -c git-orchestrate -n '__fish_seen_subcommand_from brief verify' -f -a '(git orchestrate completions --tasks 2>/dev/null | string match -v "*/*")'
complete -c git-worker -n '__fish_seen_subcommand_from merge' -f -a '(git orchestrate completions --tasks 2>/dev/null | string match -v "*/*")'
complete -c git-worker -n '__fish_seen_subcommand_from needs' -f -a '(git orchestrate completions --tasks 2>/dev/null | string match "*/*")'
complete -c git -n '__fish_seen_subcommand_from worker' -f -a '(complete -C (string replace -r "^git\s+worker" "git-worker" -- (commandline -cp)))'
"#;
