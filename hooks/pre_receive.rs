//! `pre-receive`: refuses a push that breaks the rules of a run, whatever client it comes from.
//!
//! githooks(5): runs once for a push, before any ref moves, without arguments; a failure refuses the
//! whole of it. Standard input has a line `<old id> <new id> <ref>` for each ref; an id of zeros
//! stands for none. The new objects lie in a quarantine that the environment names. What is said goes
//! to the client's screen.

use anyhow::{Context, Result, anyhow, bail};
use orchestrate::cli::exit::{Exit, finish};
use orchestrate::cli::session::Session;
use orchestrate::git::Repository;
use orchestrate::git::authority::PUSHER_VARIABLE;
use orchestrate::git::hooks::receive;
use orchestrate::git::quarantine;
use orchestrate::model::hook_input;
use orchestrate::model::push::Judged;
use orchestrate::ops::server::reception;
use orchestrate::ops::server::scene::Push;
use orchestrate::render::text::push::{self, Door};

use crate::call::Call;
use crate::chain::Chain;

/// Where transports say who pushes: a web server, forges, gitolite, and the account of an ssh login.
const PUSHER: [&str; 6] = ["REMOTE_USER", "GITEA_PUSHER_NAME", "GL_USERNAME", "GL_USER", "USER", "LOGNAME"];

/// Runs the hook that was there before, then ours; the exit code for git. `None` where this is the
/// copy of the program that stands in a worker's worktree for the repository's own hook.
///
/// Where it cannot do its work it refuses, and says so.
pub fn run(call: &Call, session: &Session) -> Option<u8> {
    let judged = (|| {
        let repo = Repository::receiving()?;
        let program = std::env::current_exe().context("cannot find out which program this is")?;
        if receive::is_stand_in(&repo, &program) {
            return Ok(None);
        }
        call.input()?;
        if let Some(code) = Chain::to(receive::kept(&program), call, session).run() {
            return Ok(Some(code));
        }
        judge(&repo, call, session).map(|exit| Some(u8::from(exit != Exit::Done)))
    })();
    judged.unwrap_or_else(|error| {
        finish(session, Err(error));
        session.note("hint: the push was not judged, so it is not taken; its sender has done no wrong");
        session.note("hint: an administrator of the repository can repeat git orchestrate server there");
        Some(1)
    })
}

fn judge(repo: &Repository, call: &Call, session: &Session) -> Result<Exit> {
    let updates = hook_input::received(call.input()?.unwrap_or_default())
        .map_err(|line| anyhow!("git announces no ref in the line {line:?}"))?;
    if updates.is_empty() {
        bail!("no ref is announced on standard input; who called this hook must leave it what git wrote");
    }
    let namespace = std::env::var_os("GIT_NAMESPACE").unwrap_or_default();
    if let Some(namespace) = namespace.to_str().filter(|name| !name.is_empty()) {
        return reception::of_namespace(repo, namespace, &updates).map(|()| Exit::Done);
    }
    let push = Push { repo, updates, quarantine: quarantine::object_directories()?, pusher: pusher(repo) };
    let judged = reception::judge(&push)?;
    let text = push::text(&judged, &Door::Server);
    if !text.is_empty() {
        session.note(&text);
    }
    Ok(if judged.iter().any(Judged::is_refused) { Exit::No } else { Exit::Done })
}

fn pusher(repo: &Repository) -> Option<String> {
    let named = |variable: &str| std::env::var(variable).ok().filter(|name| !name.is_empty());
    match repo.config_in_files(PUSHER_VARIABLE).pop() {
        Some(variable) => named(&variable),
        None => PUSHER.into_iter().find_map(named),
    }
}
