//! How branches, worktrees and the integration branch of a run are named.
//!
//! Three templates with `{run}`, `{task}` and `{number}` in them; everything else in a template is
//! literal. A template is checked once, when the layout is made, so that every name that comes out
//! of it is one that git takes. Nothing here finds a task by a branch's name: lookups go by the
//! plan, never by parsing.

use std::fmt;

use crate::model::name::RunName;
use crate::model::plan::Task;

/// Three checked templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    branch: String,
    worktree: String,
    integration: String,
}

/// Which of the three templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The short name of a task's branch.
    Branch,
    /// A task's worktree, relative to the main worktree.
    Worktree,
    /// The short name of the integration branch.
    Integration,
}

/// Why a template is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invalid {
    /// It holds `{`, then something other than `run}`, `task}` or `number}`; holds what.
    Placeholder(String),
    /// Two tasks would get the same name: neither `{task}` nor `{number}` is in it.
    NotPerTask,
    /// An integration branch belongs to no task, so it cannot hold `{task}` or `{number}`.
    PerTask,
    /// git takes no branch of this name.
    Ref,
    /// Not a path below the main worktree: absolute, with `.`, `..` or an empty component.
    Path,
    /// A component is `.git`.
    GitDirectory,
}

impl Layout {
    /// `work/<task>` in `worktrees/<task>`, merged into `integration/<run>` (S1-13).
    pub fn work() -> Layout {
        Layout::known("work/{task}", "worktrees/{task}", "integration/{run}")
    }

    /// `<run>/<task>` in `.worktrees/<run>/<task>`, merged into `<run>/integration` (S3-05).
    pub fn feature() -> Layout {
        Layout::known("{run}/{task}", ".worktrees/{run}/{task}", "{run}/integration")
    }

    /// `feat/<task>` in `worktrees/<task>`, for tasks that are named after issues (S5-15).
    pub fn issue() -> Layout {
        Layout::known("feat/{task}", "worktrees/{task}", "integration/{run}")
    }

    /// The layout that a plan calls by this name.
    pub fn by_name(name: &str) -> Option<Layout> {
        match name {
            "work" => Some(Layout::work()),
            "feature" => Some(Layout::feature()),
            "issue" => Some(Layout::issue()),
            _ => None,
        }
    }

    /// Whether a task or the integration of a run that has a layout with a name, but tasks that are
    /// not known, may have the branch of this short name.
    pub fn may_name(run: &RunName, branch: &str) -> bool {
        let layouts = NAMES.into_iter().filter_map(Layout::by_name);
        layouts.into_iter().any(|layout| {
            let (before, _) = layout.branch.split_once("{task}").unwrap_or((&layout.branch, ""));
            branch.starts_with(&before.replace("{run}", run.as_str())) || layout.integration(run) == branch
        })
    }

    /// The name of this layout, if it is one of the three that have one.
    pub fn name(&self) -> Option<&'static str> {
        NAMES.into_iter().find(|name| Layout::by_name(name).as_ref() == Some(self))
    }

    /// The layout with one template replaced.
    pub fn with(mut self, part: Part, template: &str) -> Result<Layout, Invalid> {
        check(part, template)?;
        let place = match part {
            Part::Branch => &mut self.branch,
            Part::Worktree => &mut self.worktree,
            Part::Integration => &mut self.integration,
        };
        template.clone_into(place);
        Ok(self)
    }

    /// A template as written.
    pub fn template(&self, part: Part) -> &str {
        match part {
            Part::Branch => &self.branch,
            Part::Worktree => &self.worktree,
            Part::Integration => &self.integration,
        }
    }

    /// The same, merged where another layout has it.
    pub fn integrated_as(&self, other: &Layout) -> Layout {
        Layout { integration: other.integration.clone(), ..self.clone() }
    }

    /// Short name of a task's branch, such as `work/task-2-models-migrations`.
    pub fn branch(&self, run: &RunName, task: &Task) -> String {
        fill(&self.branch, run, Some(task))
    }

    /// A task's worktree, relative to the main worktree, with `/` between components.
    pub fn worktree(&self, run: &RunName, task: &Task) -> String {
        fill(&self.worktree, run, Some(task))
    }

    /// Short name of the integration branch.
    pub fn integration(&self, run: &RunName) -> String {
        fill(&self.integration, run, None)
    }

    fn known(branch: &str, worktree: &str, integration: &str) -> Layout {
        Layout {
            branch: branch.to_owned(),
            worktree: worktree.to_owned(),
            integration: integration.to_owned(),
        }
    }
}

/// The layouts that have a name.
pub const NAMES: [&str; 3] = ["work", "feature", "issue"];

impl Default for Layout {
    fn default() -> Layout {
        Layout::work()
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Invalid::Placeholder(text) => write!(f, "`{text}` is no placeholder"),
            Invalid::NotPerTask => write!(f, "every task would get the same name"),
            Invalid::PerTask => write!(f, "the integration branch belongs to no single task"),
            Invalid::Ref => write!(f, "git takes no branch of this name"),
            Invalid::Path => write!(f, "this is no path below the main worktree"),
            Invalid::GitDirectory => write!(f, "`.git` is git's own"),
        }
    }
}

impl std::error::Error for Invalid {}

impl Invalid {
    /// What to write instead.
    pub fn remedy(&self) -> &'static str {
        match self {
            Invalid::Placeholder(_) => "there are `{run}`, `{task}` and `{number}`",
            Invalid::NotPerTask => "put `{task}` into it",
            Invalid::PerTask => "use `{run}` only",
            Invalid::Ref => "see git check-ref-format(1); such as `work/{task}`",
            Invalid::Path => "write a relative path without `.` and `..`, such as `worktrees/{task}`",
            Invalid::GitDirectory => "choose a directory outside of it",
        }
    }
}

fn fill(template: &str, run: &RunName, task: Option<&Task>) -> String {
    let (mut filled, mut rest) = (String::with_capacity(template.len() + 32), template);
    while let Some((literal, (placeholder, after))) = next_placeholder(rest) {
        filled.push_str(literal);
        match (placeholder, task) {
            ("run", _) => filled.push_str(run.as_str()),
            ("task", Some(task)) => filled.push_str(task.name.as_str()),
            ("number", Some(task)) => filled.push_str(&task.number.to_string()),
            // A template is checked before.
            _ => {}
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What stands before the first placeholder, its word, and what follows it.
fn next_placeholder(template: &str) -> Option<(&str, (&str, &str))> {
    let (literal, rest) = template.split_once('{')?;
    Some((literal, rest.split_once('}')?))
}

fn check(part: Part, template: &str) -> Result<(), Invalid> {
    let per_task = template.contains("{task}") || template.contains("{number}");
    // What a name can be is decided by `name`, so a plain word stands for each of them.
    let sample = template.replace("{run}", "r").replace("{task}", "t").replace("{number}", "1");
    if let Some(start) = sample.find(['{', '}']) {
        return Err(Invalid::Placeholder(
            sample[start..].split_inclusive('}').next().unwrap_or("{").to_owned(),
        ));
    }
    match (part, per_task) {
        (Part::Branch | Part::Worktree, false) => return Err(Invalid::NotPerTask),
        (Part::Integration, true) => return Err(Invalid::PerTask),
        _ => {}
    }
    match part {
        Part::Worktree => check_path(&sample),
        Part::Branch | Part::Integration => check_branch(&sample),
    }
}

fn check_path(path: &str) -> Result<(), Invalid> {
    let drive = path.as_bytes().get(1) == Some(&b':');
    if drive || path.contains('\\') || path.chars().any(char::is_control) || path.trim() != path {
        return Err(Invalid::Path);
    }
    for component in path.split('/') {
        match component {
            "" | "." | ".." => return Err(Invalid::Path),
            name if name.eq_ignore_ascii_case(".git") => return Err(Invalid::GitDirectory),
            _ => {}
        }
    }
    Ok(())
}

/// The rules of git check-ref-format(1), and ASCII only: a branch is typed, printed and put into
/// other people's tools.
fn check_branch(name: &str) -> Result<(), Invalid> {
    let plain = |c: char| c.is_ascii_graphic() && !"~^:?*[\\\"'`$;&|<>(){}!#%".contains(c);
    let component = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && !part.to_ascii_lowercase().ends_with(".lock")
    };
    let legal = name.chars().all(plain)
        && name.split('/').all(component)
        && !name.contains("..")
        && !name.contains("@{")
        && !name.ends_with('.')
        && !name.starts_with('-')
        && !name.starts_with("refs/")
        && name != "@"
        && name != "HEAD";
    if legal { Ok(()) } else { Err(Invalid::Ref) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(part: Part, template: &str, expect: Option<Invalid>) {
        assert_eq!(Layout::work().with(part, template).err(), expect, "{part:?} = {template:?}");
    }

    #[test]
    fn a_template_names_what_git_takes() {
        check(Part::Branch, "agents/{run}/{number}-{task}", None);
        check(Part::Branch, "work", Some(Invalid::NotPerTask));
        check(Part::Branch, "work/{slug}", Some(Invalid::Placeholder("{slug}".into())));
        check(Part::Branch, "work/{task", Some(Invalid::Placeholder("{task".into())));
        check(Part::Branch, "work/{task}.lock", Some(Invalid::Ref));
        check(Part::Branch, "-{task}", Some(Invalid::Ref));
        check(Part::Branch, "a b/{task}", Some(Invalid::Ref));
        check(Part::Branch, "a//{task}", Some(Invalid::Ref));
        check(Part::Branch, "$(id)/{task}", Some(Invalid::Ref));
        check(Part::Branch, "refs/heads/{task}", Some(Invalid::Ref));
        check(Part::Integration, "{run}", None);
        check(Part::Integration, "all/{task}", Some(Invalid::PerTask));
        check(Part::Worktree, "trees of {run}/{task}", None);
        check(Part::Worktree, "../{task}", Some(Invalid::Path));
        check(Part::Worktree, "/tmp/{task}", Some(Invalid::Path));
        check(Part::Worktree, ".git/{task}", Some(Invalid::GitDirectory));
    }

    #[test]
    fn a_layout_knows_its_name() {
        for name in NAMES {
            assert_eq!(Layout::by_name(name).and_then(|layout| layout.name()), Some(name));
        }
        let own = Layout::work().with(Part::Branch, "w/{task}").expect("a layout");
        assert_eq!(own.name(), None);
    }
}
