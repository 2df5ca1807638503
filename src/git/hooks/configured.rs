//! Hooks that the configuration names: `hook.<name>.event` and `hook.<name>.command`, from git 2.54 on.
//!
//! git runs them besides those of `core.hooksPath`, which come last. So they run before our hooks, as
//! everything of a person's does, and each event has exactly one hook of ours, whatever the version
//! of git. Nothing here is needed for that: this only tells which there are, and keeps them from
//! running where nobody meant them to.

use std::path::Path;

use anyhow::Result;
use bstr::ByteSlice;

use super::previous::{CLIENT_EVENTS, EXPENSIVE};
use crate::git::Repository;
use crate::git::program::Program;
use crate::model::health::configured::{ConfiguredHook, Support};

/// The first version of git that runs them.
const SINCE: (u32, u32) = (2, 54);

impl Repository {
    /// The hooks that the configuration in effect here names, in the order of their first mention.
    pub fn configured_hooks(&self) -> Vec<ConfiguredHook> {
        let mut hooks: Vec<ConfiguredHook> = Vec::new();
        let snapshot = self.gix.config_snapshot();
        for section in snapshot.plumbing().sections_by_name("hook").into_iter().flatten() {
            let Some(name) = section.header().subsection_name().map(ToOwned::to_owned) else { continue };
            let place = hooks.iter().position(|hook| hook.name == name).unwrap_or_else(|| {
                let (events, command, file) = (Vec::new(), None, None);
                hooks.push(ConfiguredHook { name, events, command, is_enabled: true, file });
                hooks.len() - 1
            });
            let hook = &mut hooks[place];
            for event in section.body().values("event") {
                hook.file = section.meta().path.clone();
                match event.is_empty() {
                    true => hook.events.clear(),
                    false if hook.events.contains(&event) => {}
                    false => hook.events.push(event),
                }
            }
            hook.command = section.body().value("command").or(hook.command.take());
            if let Some(value) = section.body().value("enabled") {
                let is_off = gix::config::Boolean::try_from(value.as_bstr()).is_ok_and(|value| !value.0);
                hook.is_enabled = !is_off;
            }
        }
        hooks.retain(|hook| !hook.events.is_empty());
        hooks
    }

    /// Whether git runs them; asks it for its version.
    pub fn configured_hooks_support(&self) -> Result<Support> {
        let said = self.git().args(["version"]).output()?;
        let version = said.trim().strip_prefix(b"git version ").unwrap_or(&said).to_str_lossy().into_owned();
        let mut numbers = version.split('.').map(|part| part.parse().unwrap_or_default());
        let known = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
        Ok(if known < SINCE { Support::Ignores(version) } else { Support::Runs })
    }

    /// git in the worktree at `directory`, whose command runs nobody's hook.
    pub(in crate::git) fn git_without_hooks(&self, directory: &Path) -> Program {
        let git = self.git().at(directory);
        match Repository::open(directory) {
            Ok(there) => there.without_hooks(git),
            // It is not made yet, so nothing but the shared settings hold for it.
            Err(_) => self.without_hooks(git),
        }
    }

    /// Has a call of git in this worktree run nobody's hook.
    pub(in crate::git) fn without_hooks(&self, git: Program) -> Program {
        // From git 2.55 on an event can be switched off as a whole.
        let events = CLIENT_EVENTS.iter().chain(&EXPENSIVE);
        let all = events.flat_map(|event| ["-c".to_owned(), format!("hook.{event}.enabled=false")]);
        self.disable_configured(git.args(["-c", "core.hooksPath=/dev/null"]).args(all))
    }

    /// Has a call of git pass over the hooks that the configuration names, and over no others.
    pub(in crate::git) fn disable_configured(&self, git: Program) -> Program {
        const OFF: &str = "GIT_ORCHESTRATE_OFF";
        let hooks = self.configured_hooks();
        let git = if hooks.is_empty() { git } else { git.env(OFF, "false") };
        // A name may hold any character, which only this option splits off from the right.
        hooks.iter().fold(git, |git, hook| match hook.name.to_os_str() {
            Ok(name) => {
                let mut setting = std::ffi::OsString::from("--config-env=hook.");
                setting.push(name);
                setting.push(format!(".enabled={OFF}"));
                git.args([setting])
            }
            Err(_) => git,
        })
    }
}
