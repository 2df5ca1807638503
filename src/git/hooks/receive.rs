//! Our `pre-receive` in a repository that is pushed to: put in place, taken away, and found again.
//!
//! Unlike a worker's hooks it takes a place among the repository's own, because nothing else judges
//! every push. The hook that had the place is kept beside, under its own name in a directory of ours,
//! so that whatever it is, a script, a link or a program, it comes back as it was. It is there under
//! one name or the other at every moment: it gets its second name before ours takes the first.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use gix::config::Source;
use serde::{Deserialize, Serialize};

use super::note_file::NoteFile;
use super::program::{self, Fingerprint};
use super::{HOOKS_PATH, hooks_dir, previous, probe};
use crate::git::Repository;
use crate::model::hint;

/// The event.
pub const EVENT: &str = "pre-receive";

/// Where the hook that was there is kept, below the directory of hooks.
const KEPT: &str = "before-orchestrate";

/// What putting it in place did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The file.
    pub path: PathBuf,
    /// Whether it was there already, as it is now.
    pub same: bool,
    /// The hook that runs before it, if there is one.
    pub kept: Option<PathBuf>,
}

/// What taking it away did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// It is gone, and there is none in its place.
    Gone,
    /// The hook that was there before is there again; this one.
    Restored(PathBuf),
    /// It was not there.
    Nothing,
}

/// What was written, to be recognised.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Mark {
    program: Fingerprint,
    source: Fingerprint,
    /// The directory of hooks was made for it.
    made_directory: bool,
}

/// Makes every push to the repository go through our hook. Again: brings it up to date.
pub fn install(repo: &Repository) -> Result<Installed> {
    let _lock = repo.lock("server")?;
    let directory = directory(repo)?;
    if directory.exists() && !directory.is_dir() {
        return Err(hint::error(
            format!("git looks for the hooks of this repository in {}, so it runs none", directory.display()),
            "git config --unset core.hooksPath",
        ));
    }
    let (path, kept) = (directory.join(EVENT), directory.join(KEPT).join(EVENT));
    let source = program::find_program()?;
    let mut mark = mark_file(repo).read::<Mark>()?.unwrap_or_default();
    let ours = previous::is_executable(&path) && program::is_as_seen(repo, &path, &mark.program)?;
    if ours && program::is_as_seen(repo, &source, &mark.source)? {
        return Ok(Installed { path, same: true, kept: exists(&kept).then_some(kept) });
    }
    mark.made_directory |= !directory.exists();
    fs_err::create_dir_all(&directory)?;
    sweep(&directory)?;
    if !ours && exists(&path) {
        keep(&path, &kept)?;
    }
    mark.source = program::fingerprint(repo, &source)?;
    mark.program = mark.source.clone();
    // A mark without a file is no harm; a file without a mark would be taken for somebody else's.
    mark_file(repo).write(&mark)?;
    program::write(&path, &fs_err::read(&source)?)?;
    mark.program = program::fingerprint(repo, &path)?;
    if mark.program.id != mark.source.id {
        bail!("{} is not what was written to it; is the disk full?", path.display());
    }
    mark_file(repo).write(&mark)?;
    prove(repo)?;
    Ok(Installed { path, same: false, kept: exists(&kept).then_some(kept) })
}

/// Takes it away and puts back what was there; what somebody else has put in its place stays.
pub fn remove(repo: &Repository) -> Result<Removed> {
    if !mark_file(repo).path().exists() {
        return Ok(Removed::Nothing);
    }
    let _lock = repo.lock("server")?;
    let directory = directory(repo)?;
    let (path, kept) = (directory.join(EVENT), directory.join(KEPT).join(EVENT));
    let mark = mark_file(repo).read::<Mark>()?.unwrap_or_default();
    if directory.is_dir() {
        sweep(&directory)?;
    }
    let is_back = is_one(&path, &kept);
    let ours = exists(&path) && !is_back && program::is_as_seen(repo, &path, &mark.program)?;
    if exists(&path) && exists(&kept) && !ours && !is_back {
        return Err(taken(&path, &kept));
    }
    let removed = match (exists(&kept), ours) {
        (true, _) => {
            // Of two names of one file, a rename would keep both.
            if is_back {
                fs_err::remove_file(&kept)?
            } else {
                fs_err::rename(&kept, &path)?
            }
            Removed::Restored(path)
        }
        (false, true) => {
            fs_err::remove_file(&path)?;
            Removed::Gone
        }
        (false, false) => Removed::Nothing,
    };
    if directory.join(KEPT).exists() {
        fs_err::remove_dir(directory.join(KEPT))?;
    }
    if mark.made_directory && fs_err::read_dir(&directory).is_ok_and(|mut names| names.next().is_none()) {
        fs_err::remove_dir(&directory)?;
    }
    delete_mark(repo)?;
    Ok(removed)
}

/// The hook that was there before the one that runs at `program`, as git would run it; `None` if there
/// is none, or git would pass it over.
pub fn kept(program: &Path) -> Option<PathBuf> {
    let directory = program.parent()?;
    let kept = directory.join(KEPT).join(EVENT);
    // A relative link means what it meant where it was.
    let path = fs_err::read_link(&kept).map_or(kept, |target| directory.join(target));
    previous::is_executable(&path).then_some(path)
}

/// Whether the program that runs at `program` only stands in a worker's worktree for the repository's
/// own hook, and runs that. One in any other place is there to judge, whoever put it there.
pub fn is_stand_in(repo: &Repository, program: &Path) -> bool {
    let real = |path: &Path| fs_err::canonicalize(path).ok();
    let ours = real(&hooks_dir(repo));
    let is_within = ours.is_some() && program.parent().and_then(real) == ours;
    let is_hook = || {
        let hook = directory(repo).ok().and_then(|directory| real(&directory.join(EVENT)));
        hook.is_some() && hook == real(program)
    };
    is_within && !is_hook()
}

/// Where git looks for the hooks of a push. A directory that other repositories use as well is not
/// this one's to change.
fn directory(repo: &Repository) -> Result<PathBuf> {
    let snapshot = repo.gix.config_snapshot();
    let config = snapshot.plumbing();
    let own = |source: Source| matches!(source, Source::Local | Source::Worktree);
    let is_file = |source| !matches!(source, Source::Env | Source::Cli | Source::Api | Source::EnvOverride);
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let resolve = |value: Option<gix::config::Path>| -> Option<PathBuf> {
        let context =
            gix::config::path::interpolate::Context { home_dir: home.as_deref(), ..Default::default() };
        value?.interpolate(context).ok()
    };
    let effective = resolve(config.path_filter(HOOKS_PATH, |meta| is_file(meta.source)));
    let local = resolve(config.path_filter(HOOKS_PATH, |meta| own(meta.source)));
    let Some(effective) = effective else { return Ok(repo.common_dir().join("hooks")) };
    // git runs the hooks of a push in the git directory.
    let path = repo.git_dir().join(&effective);
    if local.as_ref() == Some(&effective) || path.starts_with(repo.common_dir()) {
        return Ok(path);
    }
    Err(hint::error(
        format!("the hooks of this repository are those of {}, which others share", path.display()),
        "give it its own with git config core.hooksPath hooks, or end the shared pre-receive with: exec git-orchestrate-hook pre-receive",
    ))
}

/// Gives the hook at `path` its second name; it keeps the first until ours takes it.
fn keep(path: &Path, kept: &Path) -> Result<()> {
    if is_one(path, kept) {
        return Ok(());
    }
    if exists(kept) {
        return Err(taken(path, kept));
    }
    fs_err::create_dir_all(kept.parent().expect("it lies in a directory of ours"))?;
    let is_link = fs_err::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
    // A hard link to a link would be one to its target on some systems.
    let has_both = if is_link { link_again(path, kept) } else { fs_err::hard_link(path, kept) };
    if has_both.is_err() {
        fs_err::rename(path, kept)?;
    }
    Ok(())
}

/// Whether both names are there and stand for the same hook, as after an interrupted [`keep`].
fn is_one(path: &Path, kept: &Path) -> bool {
    let target = |path: &Path| fs_err::read_link(path).ok();
    match (target(path), target(kept)) {
        (None, None) => is_same_file(path, kept),
        (one, other) => one == other,
    }
}

#[cfg(unix)]
fn is_same_file(path: &Path, kept: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |path: &Path| fs_err::metadata(path).map(|meta| (meta.dev(), meta.ino())).ok();
    id(path).is_some() && id(path) == id(kept)
}

#[cfg(not(unix))]
fn is_same_file(_path: &Path, _kept: &Path) -> bool {
    false
}

#[cfg(unix)]
fn link_again(path: &Path, kept: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(fs_err::read_link(path)?, kept)
}

#[cfg(not(unix))]
fn link_again(_path: &Path, _kept: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// Removes what a call that was killed had not given its name yet. It is our turn.
fn sweep(directory: &Path) -> Result<()> {
    for entry in fs_err::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(".new-") {
            fs_err::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn taken(path: &Path, kept: &Path) -> anyhow::Error {
    hint::error(
        format!(
            "{} was put in the place of ours, and {} is kept from before",
            path.display(),
            kept.display()
        ),
        "remove the one of the two that is not needed, then run this again",
    )
}

/// Lets git run it, as it would for a push, with a number that only our program gives back.
fn prove(repo: &Repository) -> Result<()> {
    let nonce = format!("server-{}", std::process::id());
    let git_dir = repo.git_dir();
    let run = repo.disable_configured(repo.git()).args(["hook", "run", EVENT]);
    let said = run.env(probe::PROBE, &nonce).env("GIT_DIR", git_dir).run()?;
    let answer = probe::answer(&nonce, EVENT);
    if bstr::ByteSlice::contains_str(said.stderr.as_slice(), &answer) {
        return Ok(());
    }
    Err(hint::error(
        "the hook is in place, but git does not run it",
        "it must be on a file system that programs may run from; git config --show-origin core.hooksPath",
    ))
}

fn exists(path: &Path) -> bool {
    fs_err::symlink_metadata(path).is_ok()
}

fn mark_file(repo: &Repository) -> NoteFile {
    NoteFile::of(repo, "server.json")
}

/// Removes the mark, and the directory if nothing else of ours is in it. The lock file is all that may
/// be left; we hold it, and whoever waits for it has it open.
fn delete_mark(repo: &Repository) -> Result<()> {
    let file = mark_file(repo);
    file.delete()?;
    let mut names = fs_err::read_dir(file.directory())?.flatten().map(|entry| entry.file_name());
    if names.all(|name| name == "server.lock") {
        fs_err::remove_dir_all(file.directory())?;
    }
    Ok(())
}
