//! An opened repository, and where it lies.
//!
//! There are two ways in. [`Repository::discover`] believes the environment that git gives to hooks
//! and subcommands (`GIT_DIR`, `GIT_INDEX_FILE`, `git -c`); it is for the repository that the
//! program was called in. [`Repository::open`] believes none of it; it is for every other worktree,
//! because a hook's `GIT_INDEX_FILE` would otherwise be read as the other worktree's index.
//!
//! Either way objects are read as they are: replace refs are switched off, so that no `refs/replace`
//! can change what a judgement sees.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gix::bstr::BString;

use super::delta_bases::DeltaBases;
use super::{overrides, safe_directory};
use crate::model::hint;

/// A repository seen from one of its worktrees, or a bare one.
pub struct Repository {
    pub(in crate::git) gix: gix::Repository,
    git_dir: PathBuf,
    common_dir: PathBuf,
    workdir: Option<PathBuf>,
    /// In a clean room, the refs that are believed to say where the base is on a remote.
    pub(in crate::git) believed: Option<BTreeSet<String>>,
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Repository").field(&self.git_dir).finish()
    }
}

impl Repository {
    /// The repository of the current directory and of git's environment; right inside hooks, too. What the
    /// process makes from then on is as open as `core.sharedRepository` says.
    pub fn discover() -> Result<Repository> {
        let options = options().cli_overrides(command_line_config());
        let discovery =
            gix::discover::upwards::Options { match_ceiling_dir_or_error: false, ..Default::default() };
        let found = gix::ThreadSafeRepository::discover_with_environment_overrides_opts(
            ".",
            discovery,
            trust(options, Path::new(".")),
        )
        .map_err(|error| explain(error, Path::new(".")))?;
        let repo = Repository::new(found.into())?;
        repo.share_what_is_made();
        Ok(repo)
    }

    /// The repository of the worktree, or the git directory, at `path`; the environment is ignored.
    pub fn open(path: &Path) -> Result<Repository> {
        let options = trusting(options().permissions(permissions()), path);
        let opened = options.open(path).map_err(|error| explain(error, path))?;
        Repository::new(opened.into())
    }

    /// The repository that a push has reached: the git directory that git's environment names, or the
    /// current one. There is no work tree to look for, although there may be one. What the process makes
    /// from then on is as open as `core.sharedRepository` says.
    pub fn receiving() -> Result<Repository> {
        let git_dir = std::env::var_os("GIT_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
        let git_dir = fs_err::canonicalize(&git_dir)
            .with_context(|| format!("cannot find the repository {}", git_dir.display()))?;
        let repo = Repository::open_git_dir(&git_dir)?;
        repo.share_what_is_made();
        Ok(repo)
    }

    /// The same repository once more.
    pub(in crate::git) fn another(&self) -> Repository {
        Repository {
            gix: self.gix.clone(),
            git_dir: self.git_dir.clone(),
            common_dir: self.common_dir.clone(),
            workdir: self.workdir.clone(),
            believed: self.believed.clone(),
        }
    }

    fn new(mut gix: gix::Repository) -> Result<Repository> {
        check_format(&gix)?;
        // As for git itself, only what is pushed or served lies in a namespace (gitnamespaces(7)).
        gix.clear_namespace();
        gix.object_cache_size_if_unset(OBJECT_CACHE);
        gix.objects.set_pack_cache(|| Box::<DeltaBases>::default());
        let absolute = |path: &Path| {
            fs_err::canonicalize(path)
                .with_context(|| format!("cannot find the directory {}", path.display()))
        };
        Ok(Repository {
            git_dir: absolute(gix.git_dir())?,
            common_dir: absolute(gix.common_dir())?,
            workdir: gix.workdir().map(|path| absolute(path).unwrap_or_else(|_| path.to_owned())),
            gix,
            believed: None,
        })
    }

    /// The way in for another thread.
    pub fn door(&self) -> Door {
        let options = self.gix.open_options().clone();
        let (git_dir, workdir) = (self.git_dir.clone(), self.workdir.clone());
        Door { git_dir, workdir, options, believed: self.believed.clone() }
    }

    /// What all worktrees share: objects, branches, configuration. Absolute, without links.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// This worktree's own directory: its HEAD and its index. The common directory in the main one.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The top of the files; `None` in a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.workdir.as_deref()
    }

    /// The top of the main worktree, seen from any worktree; `None` where the repository is bare.
    pub fn main_workdir(&self) -> Option<PathBuf> {
        if self.git_dir == self.common_dir {
            return self.workdir.clone();
        }
        let main = Repository::open_git_dir(&self.common_dir).ok()?;
        main.workdir.clone()
    }

    /// The same repository, with the same configuration from outside, seen from what its worktrees share.
    /// It outlives this worktree, through whose directory everything else is found otherwise.
    pub fn from_common_dir(&self) -> Result<Repository> {
        Door { git_dir: self.common_dir.clone(), workdir: None, ..self.door() }.open()
    }

    /// Whether there is a main worktree that nobody can find from here: git does not write down where it is
    /// if the git directory lies apart from it.
    pub fn has_hidden_main(&self) -> bool {
        let bare = self.gix.config_snapshot().boolean("core.bare");
        self.main_workdir().is_none() && bare == Some(false)
    }

    /// There are no files here, only objects and refs.
    pub fn is_bare(&self) -> bool {
        self.workdir.is_none()
    }

    /// History was cut off when it was cloned: what lies behind the cut cannot be known.
    pub fn is_shallow(&self) -> bool {
        self.gix.is_shallow().unwrap_or(true)
    }

    /// Objects may be missing here that git fetches when it needs them.
    pub fn is_partial(&self) -> bool {
        let config = self.gix.config_snapshot();
        let mut remotes = config.plumbing().sections_by_name("remote").into_iter().flatten();
        config.string("extensions.partialClone").is_some()
            || remotes.any(|remote| remote.body().value("promisor").is_some())
    }

    /// How this repository makes object ids: SHA-1 or SHA-256.
    pub fn object_hash(&self) -> gix_hash::Kind {
        self.gix.object_hash()
    }

    /// The repository whose git directory is exactly `git_dir`; the environment is ignored.
    pub(in crate::git) fn open_git_dir(git_dir: &Path) -> Result<Repository> {
        let options = trusting(options().permissions(permissions()), git_dir).open_path_as_is(true);
        Repository::new(options.open(git_dir).map_err(|error| explain(error, git_dir))?.into())
    }
}

/// How to open a repository once more, as each thread needs one of its own.
pub struct Door {
    git_dir: PathBuf,
    /// A git directory that lies apart does not tell.
    workdir: Option<PathBuf>,
    options: gix::open::Options,
    believed: Option<BTreeSet<String>>,
}

impl Door {
    /// The same repository, with the same configuration from outside.
    pub fn open(&self) -> Result<Repository> {
        let opened = self.options.clone().open_path_as_is(true).open(&self.git_dir);
        let mut repo = Repository::new(opened.map_err(|error| explain(error, &self.git_dir))?.into())?;
        repo.believed = self.believed.clone();
        repo.workdir = repo.workdir.or_else(|| self.workdir.clone());
        Ok(repo)
    }
}

/// How many bytes of objects are kept once they were read: the commits of some hundred branches and
/// the trees of a large directory, which every question reads again.
const OBJECT_CACHE: usize = 16 << 20;

/// The extensions of gitrepository-layout(5) that change nothing for us, or that gix handles.
const EXTENSIONS: [&str; 8] = [
    "noop",
    "noop-v1",
    "objectformat",
    "partialclone",
    "preciousobjects",
    "refstorage",
    "relativeworktrees",
    "worktreeconfig",
];

/// Refuses formats that gix would read as if they were the usual one, and get wrong.
fn check_format(gix: &gix::Repository) -> Result<()> {
    let snapshot = gix.config_snapshot();
    let version = snapshot.integer("core.repositoryFormatVersion").unwrap_or_default();
    let shown = gix.common_dir().display();
    let unknown = |what: String| {
        let hint = "a newer version may know it; git itself is not affected";
        Err(hint::error(format!("{shown} has {what}, which this version does not know"), hint))
    };
    if version > 1 {
        return unknown(format!("the repository format {version}"));
    }
    if snapshot.string("extensions.refStorage").is_some_and(|storage| storage != "files") {
        return Err(hint::error(
            format!("{shown} keeps its refs as reftable, which is not supported yet"),
            "convert it with git refs migrate --ref-format=files",
        ));
    }
    let sections = snapshot.plumbing().sections_by_name("extensions").into_iter().flatten();
    let names = sections.flat_map(|section| section.body().value_names().collect::<Vec<_>>());
    match names.map(|name| name.to_lowercase()).find(|name| !EXTENSIONS.contains(&name.as_str())) {
        Some(name) if version == 1 => unknown(format!("the extension {name}")),
        _ => Ok(()),
    }
}

/// What opening another repository may take from the environment: nothing that names this one.
///
/// gix knows only one switch for all variables of git. It stays on where none of those is set, for
/// `GIT_CONFIG_GLOBAL` and the like hold for every repository: they may say who the committer is.
fn permissions() -> gix::open::Permissions {
    const LOCAL: [&str; 5] =
        ["GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_SHALLOW_FILE", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY"];
    let mut permissions = gix::open::Permissions::all();
    if LOCAL.iter().any(|name| std::env::var_os(name).is_some()) {
        permissions.env.git_prefix = gix::sec::Permission::Deny;
    }
    permissions
}

fn options() -> gix::open::Options {
    gix::open::Options::default().config_overrides(["core.useReplaceRefs=false"])
}

/// git refuses a repository of another owner unless it is said to be safe; so do we, instead of reading a
/// part of its configuration.
fn trusting(options: gix::open::Options, path: &Path) -> gix::open::Options {
    match safe_directory::is_said_safe(path) {
        true => options.bail_if_untrusted(false).filter_config_section(|_| true),
        false => options.bail_if_untrusted(true),
    }
}

fn trust(options: gix::open::Options, path: &Path) -> gix::sec::trust::Mapping<gix::open::Options> {
    gix::sec::trust::Mapping { full: options.clone(), reduced: trusting(options, path) }
}

fn command_line_config() -> Vec<BString> {
    let parameters = std::env::var_os("GIT_CONFIG_PARAMETERS").unwrap_or_default();
    overrides::parse(parameters.as_encoded_bytes())
}

/// Why a repository could not be opened, and what to do about it.
fn explain(error: gix::Error, path: &Path) -> anyhow::Error {
    let text = format!("{error:#}");
    let shown =
        if path == Path::new(".") { "the current directory".into() } else { path.display().to_string() };
    if text.contains("safe.directory") || text.to_lowercase().contains("unsafe") {
        return hint::error(
            format!("{shown} is in a repository that another user owns"),
            "if you trust its owner: git config --global --add safe.directory <path>",
        );
    }
    if error.is_not_found() || error.downcast_any_ref::<gix::discover::upwards::Error>().is_some() {
        return hint::error(
            format!("{shown} is not in a git repository"),
            "change into a repository, or make one with git init",
        );
    }
    anyhow::Error::from(error).context(format!("cannot open the repository of {shown}"))
}
