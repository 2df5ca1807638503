//! The files of our hooks: one program, and for each event a line of text that names it.
//!
//! A copy and not a link to where the program is installed, so that upgrading or removing it never
//! silently disarms a repository. The line is `#!<program>`, so the system starts the program at
//! once and tells it the event; and it is text because hook managers read what they find in their
//! place, and stumble over a binary. Where the path does not fit into such a line the program itself
//! has the event's name. A file is complete under another name before it gets its own.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::manifest::Manifest;
use super::program::{PROGRAM, find_program, fingerprint, is_as_seen, write};
use super::{adopted, hooks_dir, previous};
use crate::git::Repository;
use crate::model::health::HookDefect;
use crate::model::health::hook_manager::Manager;

/// How many bytes of a hook are looked at for who wrote it.
const LOOK: usize = 8192;

/// Makes every event's file the program.
pub(super) fn install(
    repo: &Repository,
    manifest: &mut Manifest,
    events: &[String],
    source: &Path,
) -> Result<()> {
    let directory = hooks_dir(repo);
    fs_err::create_dir_all(&directory)?;
    let master = directory.join(PROGRAM);
    let before = manifest.clone();
    let same_source = is_as_seen(repo, source, &manifest.source)?;
    if !(same_source && is_ours(repo, &master, manifest)?) {
        write(&master, &fs_err::read(source)?)?;
        manifest.source = fingerprint(repo, source)?;
        manifest.program = fingerprint(repo, &master)?;
        if manifest.program.id != manifest.source.id {
            bail!("{} is not what was written to it; is the disk full?", master.display());
        }
    }
    manifest.events.extend(events.iter().cloned());
    manifest.events.extend(added(repo, manifest));
    manifest.events.sort();
    manifest.events.dedup();
    for event in events.iter().chain(&manifest.events) {
        let path = directory.join(event);
        if is_ours(repo, &path, manifest)? {
            continue;
        }
        if !is_as_seen(repo, &path, &before.program)? {
            adopted::take_over(repo, &path, event)?;
        }
        put(repo, &master, &path)?;
    }
    clear_up(repo, manifest)?;
    manifest.write(repo)
}

/// Puts back what the manifest names, from the copy of the program that is there.
pub(super) fn put_back(repo: &Repository, manifest: &Manifest) -> Result<()> {
    let directory = hooks_dir(repo);
    let candidates = [Some(directory.join(PROGRAM)), std::env::current_exe().ok()];
    let mut intact = None;
    for candidate in candidates.into_iter().flatten() {
        if intact.is_none() && is_ours(repo, &candidate, manifest)? {
            intact = Some(candidate);
        }
    }
    let Some(program) = intact else { bail!("no copy of the program is left in {}", directory.display()) };
    for event in &manifest.events {
        let path = directory.join(event);
        if !is_ours(repo, &path, manifest)? {
            adopted::take_over(repo, &path, event)?;
            put(repo, &program, &path)?;
        }
    }
    clear_up(repo, manifest)
}

/// Takes one event out again.
pub(super) fn retire(repo: &Repository, manifest: &mut Manifest, event: &str) -> Result<()> {
    let path = hooks_dir(repo).join(event);
    if is_ours(repo, &path, manifest)? {
        fs_err::remove_file(path)?;
    }
    manifest.events.retain(|installed| installed != event);
    manifest.write(repo)
}

/// Removes what is still ours; a file that somebody else put there stays, and its directory with it.
pub(super) fn remove(repo: &Repository, manifest: &Manifest) -> Result<()> {
    let directory = hooks_dir(repo);
    if !directory.exists() {
        return Ok(());
    }
    clear_up(repo, manifest)?;
    for name in manifest.events.iter().map(String::as_str).chain([PROGRAM]) {
        let path = directory.join(name);
        if is_ours(repo, &path, manifest)? {
            fs_err::remove_file(path)?;
        }
    }
    if fs_err::read_dir(&directory)?.next().is_none() {
        fs_err::remove_dir(&directory)?;
    }
    Ok(())
}

/// What is wrong with the files of these events.
pub(super) fn defects(repo: &Repository, manifest: &Manifest, events: &[String]) -> Result<Vec<HookDefect>> {
    let directory = hooks_dir(repo);
    let mut defects = Vec::new();
    for event in events.iter().map(String::as_str).chain([PROGRAM]).map(str::to_owned) {
        let path = directory.join(&event);
        if !path.exists() {
            defects.push(HookDefect::Missing { event });
        } else if !previous::is_executable(&path) && is_executable_by_mode(&path) {
            return Ok(vec![HookDefect::NoExec { directory }]);
        } else if !previous::is_executable(&path) {
            defects.push(HookDefect::NotExecutable { event });
        } else if fs_err::metadata(&path)?.len() == 0 {
            defects.push(HookDefect::Empty { event });
        } else if !is_ours(repo, &path, manifest)? {
            defects.push(HookDefect::Replaced { event, by: author(&path) });
        }
    }
    Ok(defects)
}

/// Whether the hooks are those of the program that is installed now.
pub(super) fn staleness(repo: &Repository, manifest: &Manifest) -> Result<Option<HookDefect>> {
    let Ok(source) = find_program() else { return Ok(Some(HookDefect::NoProgram)) };
    Ok((!is_as_seen(repo, &source, &manifest.source)?).then_some(HookDefect::Stale))
}

/// What lies among our hooks, was not installed by us, and is no hook that somebody wants to run.
pub(super) fn strays(repo: &Repository, manifest: &Manifest) -> Result<Vec<HookDefect>> {
    let mut strays = Vec::new();
    let wanted = added(repo, manifest);
    let is_wanted = |path: &Path| wanted.iter().any(|event| path.ends_with(event));
    for path in foreign(repo, manifest) {
        if !is_temporary(&path) && !is_wanted(&path) {
            let is_ours = is_copy(repo, &path, manifest)?;
            strays.push(HookDefect::Stray { path, is_ours });
        }
    }
    Ok(strays)
}

/// The temporary files of an installation that did not come to its end.
pub(super) fn leftovers(repo: &Repository, manifest: &Manifest) -> Vec<PathBuf> {
    let hooks = foreign(repo, manifest).into_iter().filter(|path| is_temporary(path));
    hooks.chain(notes(repo)).collect()
}

/// Removes what is ours and no hook: [`leftovers`], and copies that were moved aside.
pub(super) fn clear_up(repo: &Repository, manifest: &Manifest) -> Result<()> {
    for path in foreign(repo, manifest) {
        if is_temporary(&path) || is_copy(repo, &path, manifest)? {
            fs_err::remove_file(path)?;
        }
    }
    notes(repo).into_iter().try_for_each(fs_err::remove_file)?;
    Ok(())
}

/// The files of what our hooks know about themselves that did not get their names.
fn notes(repo: &Repository) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(repo.common_dir().join("orchestrate")).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.to_string_lossy().ends_with(".json.new")).collect()
}

/// The files in our directory that the manifest does not name, sorted.
fn foreign(repo: &Repository, manifest: &Manifest) -> Vec<PathBuf> {
    let known = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name == PROGRAM || manifest.events.iter().any(|event| event.as_str() == name)
    };
    all(repo).into_iter().filter(|path| !known(path)).collect()
}

/// All files in our directory, sorted.
pub(super) fn all(repo: &Repository) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(hooks_dir(repo)).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| !path.is_dir()).collect();
    paths.sort();
    paths
}

/// The events that a hook manager added a hook for where we had none.
fn added(repo: &Repository, manifest: &Manifest) -> Vec<String> {
    let hooks = foreign(repo, manifest).into_iter().filter(|path| previous::is_executable(path));
    let names = hooks.filter_map(|path| path.file_name()?.to_str().map(str::to_owned));
    names.filter(|name| previous::is_event(name)).collect()
}

/// Whether the name is one that [`write`] or [`link`] gives for a moment.
fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(".new-") || name.ends_with(".new")
}

/// Which manager wrote a hook, as far as it says so at its beginning.
fn author(path: &Path) -> Option<Manager> {
    let content = fs_err::read(path).ok()?;
    Manager::of(&String::from_utf8_lossy(&content[..content.len().min(LOOK)]))
}

/// Whether installing these events again would change nothing.
pub(super) fn is_current(repo: &Repository, manifest: &Manifest, events: &[String]) -> Result<bool> {
    Ok(defects(repo, manifest, events)?.is_empty() && is_as_seen(repo, &find_program()?, &manifest.source)?)
}

/// Whether a file is there, executable, and what we put there.
fn is_ours(repo: &Repository, path: &Path, manifest: &Manifest) -> Result<bool> {
    if !previous::is_executable(path) {
        return Ok(false);
    }
    match line(repo).filter(|_| !path.ends_with(PROGRAM)) {
        Some(line) => Ok(holds(path, &line)),
        None => is_as_seen(repo, path, &manifest.program),
    }
}

/// Whether a file is a copy of one of ours, whatever its name.
fn is_copy(repo: &Repository, path: &Path, manifest: &Manifest) -> Result<bool> {
    Ok(line(repo).is_some_and(|line| holds(path, &line)) || is_as_seen(repo, path, &manifest.program)?)
}

/// What the file of an event holds, where the path of the program fits into one line. Linux before 5.1
/// reads 127 bytes of it, and takes the path to end at a space.
fn line(repo: &Repository) -> Option<String> {
    const MOST_BYTES: usize = 127;
    let program = hooks_dir(repo).join(PROGRAM);
    let first = format!("#!{}", program.to_str()?);
    let fits = cfg!(unix) && first.len() < MOST_BYTES && !first.contains(char::is_whitespace);
    fits.then(|| {
        format!("{first}\n# Put here by git orchestrate start; git orchestrate doctor looks after it.\n")
    })
}

fn holds(path: &Path, text: &str) -> bool {
    let same_size =
        fs_err::symlink_metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() == text.len() as u64);
    same_size && fs_err::read(path).is_ok_and(|content| content == text.as_bytes())
}

/// Makes the file at `path` one of our hooks, replacing what is there.
fn put(repo: &Repository, program: &Path, path: &Path) -> Result<()> {
    match line(repo) {
        Some(line) => write(path, line.as_bytes()),
        None => link(program, path),
    }
}

/// Gives the file `from` the name `to` as well, replacing what has it now.
fn link(from: &Path, to: &Path) -> Result<()> {
    let fresh = to.with_extension("new");
    let _ = fs_err::remove_file(&fresh);
    if fs_err::hard_link(from, &fresh).is_err() {
        return write(to, &fs_err::read(from)?);
    }
    fs_err::rename(&fresh, to)?;
    Ok(())
}

/// Whether the file says that it may be executed, whatever the file system says.
#[cfg(unix)]
fn is_executable_by_mode(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable_by_mode(_path: &Path) -> bool {
    false
}
