//! A repository within a worktree, of whose work no commit there holds anything.

use std::path::PathBuf;

use bstr::BString;

use crate::model::shell;

/// Such a repository, and where a person can set it aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inner {
    /// Where it is in the worktree; the name of a submodule that is not there.
    pub path: BString,
    /// The directory with its files, if they are there.
    pub place: Option<PathBuf>,
    /// Its git directory, if that is elsewhere and goes with the worktree, as a submodule's does.
    pub git_dir: Option<PathBuf>,
    /// A path where nothing is yet.
    pub aside: PathBuf,
}

impl Inner {
    /// The command that makes a repository of its own of it, outside of the worktree. An empty
    /// directory stays, as git has one for a submodule that nobody has asked for.
    fn command(&self) -> String {
        let aside = shell::path(&self.aside);
        let place = self.place.as_ref().map(|place| shell::path(place));
        let Some(git_dir) = self.git_dir.as_ref().map(|git_dir| shell::path(git_dir)) else {
            let place = place.unwrap_or_default();
            return format!("mv {place} {aside} && mkdir {place}");
        };
        let link = shell::path(&self.aside.join(".git"));
        let files = place.map_or(format!("mkdir {aside}"), |place| {
            format!("mv {place} {aside} && mkdir {place} && rm {link}")
        });
        let config = shell::path(&self.aside.join(".git/config"));
        format!("{files} && mv {git_dir} {link} && git config --file {config} core.worktree ..")
    }
}

/// What lets the worktree go.
pub fn remedy(all: &[Inner]) -> String {
    let commands: Vec<String> = all.iter().map(Inner::command).collect();
    let push =
        if all.iter().any(|one| one.git_dir.is_some()) { "push what it has of its own, or " } else { "" };
    format!("{push}set it aside, then again: {}", commands.join(" && "))
}
