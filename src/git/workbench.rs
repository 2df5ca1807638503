//! The private worktree of an integration, in which a person resolves a conflict and `--exec` runs.
//!
//! It lies below `orchestrate/` of the common directory and has a detached HEAD, so nobody's
//! checkout, index or branch is touched, and moving the integration branch leaves it as it is. A
//! conflict is laid out from git's own verdict exactly as `git merge` would leave it: markers in the
//! files, stages in the index, `MERGE_HEAD` and `MERGE_MSG` beside it. So every git command and
//! merge tool works there, and the person may also conclude the merge with `git commit`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use super::merges::Merged;
use super::program::Program;
use super::worktrees::LinkedWorktree;
use crate::model::change::Kind;
use crate::model::name::RunName;

/// Where in the private worktree's own part of the repository we note what was laid out.
const LAID_OUT: &str = "orchestrate-laid-out";

/// The private worktree of one run; it need not exist yet.
#[derive(Debug)]
pub struct Workbench<'repo> {
    repo: &'repo Repository,
    path: PathBuf,
}

/// A merge to be finished by a person.
#[derive(Debug, Clone, Copy)]
pub struct Unfinished<'a> {
    /// What is merged into.
    pub onto: ObjectId,
    /// What is merged.
    pub tip: ObjectId,
    /// Git's verdict.
    pub merged: &'a Merged,
    /// The message that the merge gets unless the person changes it.
    pub message: &'a str,
}

/// What stands in the way of taking over what lies on the bench.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// Paths with unmerged entries.
    pub unmerged: Vec<BString>,
    /// Tracked files that differ from the index.
    pub unstaged: Vec<BString>,
    /// What git does not know and does not ignore: what [`Workbench::sweep`] would take away.
    pub untracked: Vec<BString>,
    /// The commits that the sides have of submodules that are not marked as resolved.
    pub submodules: Vec<(BString, ObjectId)>,
}

impl Repository {
    /// The private worktree of a run.
    pub fn workbench(&self, run: &RunName) -> Workbench<'_> {
        let path = self.common_dir().join("orchestrate/integrate").join(run.as_str());
        Workbench { repo: self, path }
    }

    /// Whether this is seen from the private worktree of some run.
    pub fn is_workbench(&self) -> bool {
        let parent = self.workdir().and_then(Path::parent);
        parent == Some(self.common_dir().join("orchestrate/integrate").as_path())
    }
}

impl Workbench<'_> {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is set up.
    pub fn exists(&self) -> bool {
        self.path.join(".git").is_file()
    }

    /// Puts the files of a commit there and nothing else; ignored files stay.
    pub fn show(&self, commit_id: ObjectId) -> Result<()> {
        self.set_up(commit_id)?;
        for file in ["MERGE_HEAD", "MERGE_MSG", "MERGE_MODE"] {
            let path = self.git_path(file)?;
            if path.exists() {
                fs_err::remove_file(path)?;
            }
        }
        let id = commit_id.to_string();
        self.git().args(["checkout", "--quiet", "--force", "--detach", &id]).output()?;
        Ok(())
    }

    /// Takes away what a command left there that git does not know; ignored files stay.
    pub fn sweep(&self) -> Result<()> {
        self.git().args(["clean", "-ff", "-d", "--quiet"]).output().map(drop)
    }

    /// Lays out a merge as `git merge` would have left it. What the commands of earlier steps made is no
    /// part of it.
    pub fn lay_out(&self, work: Unfinished<'_>) -> Result<()> {
        self.show(work.onto)?;
        self.sweep()?;
        let tree = work.merged.tree_id.to_string();
        self.git().args(["read-tree", "--reset", "-u", &tree]).output()?;
        self.git().args(["update-index", "-z", "--index-info"]).stdin(stages(work.merged)).output()?;
        fs_err::write(self.git_path(LAID_OUT)?, &tree)?;
        fs_err::write(self.git_path("MERGE_HEAD")?, format!("{}\n", work.tip))?;
        fs_err::write(self.git_path("MERGE_MODE")?, "no-ff")?;
        fs_err::write(self.git_path("MERGE_MSG")?, format!("{}\n", work.message))?;
        Ok(())
    }

    /// The files of the merge that was laid out last, before anybody touched them.
    pub fn laid_out(&self) -> Result<Option<ObjectId>> {
        laid_out(&self.git_path(".")?)
    }

    /// Where its HEAD is.
    pub fn head(&self) -> Result<ObjectId> {
        let id = self.git().args(["rev-parse", "--verify", "HEAD^{commit}"]).output()?;
        ObjectId::from_hex(id.trim()).context("git did not say where HEAD is")
    }

    /// What is being merged there; `None` if no merge is under way.
    pub fn merging(&self) -> Result<Option<ObjectId>> {
        let said = self.git().args(["rev-parse", "--verify", "--quiet", "MERGE_HEAD"]).run()?;
        if said.code == Some(1) {
            return Ok(None);
        }
        said.must_succeed().context("cannot see what is being merged")?;
        ObjectId::from_hex(said.stdout.trim()).map(Some).context("git did not say what is being merged")
    }

    /// What is not finished there.
    pub fn leftovers(&self) -> Result<Leftovers> {
        let mut unmerged = self.list(&["diff", "--name-only", "--diff-filter=U", "-z"])?;
        unmerged.dedup();
        let mut unstaged =
            self.list(&["diff", "--name-only", "--diff-filter=u", "--ignore-submodules=all", "-z"])?;
        unstaged.retain(|path| !unmerged.contains(path));
        let others =
            ["ls-files", "--others", "--exclude-standard", "--directory", "--no-empty-directory", "-z"];
        let untracked = self.list(&others)?;
        let submodules = self.unmerged_submodules()?;
        Ok(Leftovers { unmerged, unstaged, untracked, submodules })
    }

    /// The commits of submodules that conflict, of either side, with their paths.
    fn unmerged_submodules(&self) -> Result<Vec<(BString, ObjectId)>> {
        let out = self.git().args(["ls-files", "--unmerged", "-z"]).output()?;
        let mut found = Vec::new();
        for entry in out.split_str("\0") {
            let Some((entry, path)) = entry.split_once_str("\t") else { continue };
            let [mode, id, stage] = entry.split_str(" ").collect::<Vec<_>>()[..] else { continue };
            if mode == b"160000" && stage != b"1" {
                found.push((path.into(), ObjectId::from_hex(id)?));
            }
        }
        Ok(found)
    }

    /// Stages these paths as they are there.
    pub fn add(&self, paths: &[BString]) -> Result<()> {
        let list = bstr::join("\0", paths);
        let from = ["--pathspec-from-file=-", "--pathspec-file-nul"];
        self.git()
            .args(["--literal-pathspecs", "add", "--all", "--force"])
            .args(from)
            .stdin(list)
            .output()?;
        Ok(())
    }

    /// What a commit would change: staged paths against HEAD.
    pub fn staged(&self) -> Result<Vec<BString>> {
        self.list(&["diff-index", "--cached", "--name-only", "-z", "HEAD"])
    }

    /// The tree of what is staged.
    pub fn tree(&self) -> Result<ObjectId> {
        let id = self.git().args(["-c", "core.fsync=committed", "write-tree"]).output()?;
        ObjectId::from_hex(id.trim()).context("git did not say which tree it wrote")
    }

    /// The message that the person left for the merge, if there is one.
    pub fn message(&self) -> Result<Option<String>> {
        let path = self.git_path("MERGE_MSG")?;
        let text =
            if path.exists() { fs_err::read(path)?.to_str_lossy().into_owned() } else { String::new() };
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let text = lines.join("\n").trim().to_owned();
        Ok((!text.is_empty()).then_some(text))
    }

    /// What the repository knows of it, which may be there when its files are not.
    pub fn record(&self) -> Result<Option<LinkedWorktree>> {
        Ok(self.repo.worktrees()?.into_iter().find(|one| one.path == self.path))
    }

    /// Takes it away with everything in it; nothing happens if it is not there.
    pub fn remove(&self) -> Result<()> {
        let records = self.record()?.map(|one| one.git_dir).into_iter();
        let records: Vec<PathBuf> = records.chain(self.repo.incomplete_records(&self.path)?).collect();
        if self.exists() {
            // First, so that what is left when this is killed counts as nobody's work.
            fs_err::remove_file(self.path.join(".git"))?;
        }
        if self.path.exists() {
            fs_err::remove_dir_all(&self.path)?;
        }
        records.iter().try_for_each(|record| self.repo.delete_record(record))?;
        let parent = self.path.parent().expect("the path has been joined to another");
        match fs_err::remove_dir(parent) {
            Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty) => {
                Err(error.into())
            }
            _ => Ok(()),
        }
    }

    fn set_up(&self, commit_id: ObjectId) -> Result<()> {
        let is_whole = self.exists() && self.git().args(["rev-parse", "--git-dir"]).run()?.success();
        if !is_whole {
            self.make(commit_id)?;
        }
        // git gives a new worktree what the person's own has: what is tested must be all that there is.
        if Repository::open(&self.path)?.is_sparse() {
            self.git().args(["sparse-checkout", "disable"]).output()?;
        }
        Ok(())
    }

    fn make(&self, commit_id: ObjectId) -> Result<()> {
        self.remove()?;
        fs_err::create_dir_all(self.path.parent().expect("the path has been joined to another"))?;
        let add = ["worktree", "add", "--quiet", "--detach", "--no-checkout", "--"];
        let id = commit_id.to_string();
        let added = self.main().args(add).args([self.path.as_os_str(), id.as_ref()]).output();
        added.with_context(|| format!("cannot make the private worktree {}", self.path.display())).map(drop)
    }

    /// git in the shared directory: a worktree that is added from a worker's would inherit that
    /// worker's own configuration, and with it the identity.
    fn main(&self) -> Program {
        self.repo.git_without_hooks(self.repo.common_dir())
    }

    /// git on the bench; its own steps run no hook, and look into no submodule: it has none.
    fn git(&self) -> Program {
        self.repo.git_without_hooks(&self.path).args(["-c", "submodule.recurse=false"])
    }

    /// The paths that git names, each with a NUL behind it.
    fn list(&self, args: &[&str]) -> Result<Vec<BString>> {
        let out = self.git().args(args).output()?;
        Ok(out.split_str("\0").filter(|path| !path.is_empty()).map(BString::from).collect())
    }

    fn git_path(&self, file: &str) -> Result<PathBuf> {
        let path = self.git().args(["rev-parse", "--path-format=absolute", "--git-path", file]).output()?;
        Ok(PathBuf::from(path.trim_end_with(|c| c == '\n').to_os_str_lossy().into_owned()))
    }
}

/// The same, read from what the repository knows of a private worktree, whose files may be gone.
pub fn laid_out(git_dir: &Path) -> Result<Option<ObjectId>> {
    let path = git_dir.join(LAID_OUT);
    let text = if path.exists() { fs_err::read(path)? } else { Vec::new() };
    Ok(ObjectId::from_hex(&text).ok())
}

/// The unmerged entries as `git update-index --index-info` reads them, after each path's removal.
fn stages(merged: &Merged) -> Vec<u8> {
    let mut input = Vec::new();
    let stages: Vec<_> = merged.conflicts.iter().flat_map(|conflict| &conflict.stages).collect();
    for stage in &stages {
        let null = "0".repeat(stage.entry.id.as_bytes().len() * 2);
        input.extend_from_slice(format!("0 {null} 0\t").as_bytes());
        input.extend_from_slice(&stage.path);
        input.push(0);
    }
    for stage in &stages {
        let mode = match stage.entry.kind {
            Kind::File => "100644",
            Kind::Executable => "100755",
            Kind::Symlink => "120000",
            Kind::Submodule => "160000",
        };
        input.extend_from_slice(format!("{mode} {} {}\t", stage.entry.id, stage.side as u8).as_bytes());
        input.extend_from_slice(&stage.path);
        input.push(0);
    }
    input
}
