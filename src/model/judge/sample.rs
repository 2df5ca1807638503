//! A plan and changes for the tests of the rules.

use bstr::BStr;
use gix_hash::ObjectId;

use crate::model::change::{Entry, Kind, PathChange};
use crate::model::judge::{Case, Known, Step};
use crate::model::name::TaskName;
use crate::model::plan::{self, Plan};

/// Two tasks; the first is the one that is judged.
pub fn plan() -> Plan {
    let text = r#"
run = "demo"
base = "main"
[protocol]
body = "off"
[[task]]
name = "task-1-api"
scope = [
  "api/",
  { path = "imports.py", access = "append", lines = "^import " },
  { path = "new/", access = "create" },
  { path = "vendor/", submodule = true },
  ".gitignore",
]
needs = ["task-2/Model"]
provides = ["routes"]
[[task]]
name = "task-2-models"
scope = ["models/"]
provides = ["Model"]
"#;
    plan::toml::read("plan.toml", text).expect("a plan")
}

/// A case of the first task, somewhere in its own worktree.
pub fn case<'a>(plan: &'a Plan, step: Step<'a>, known: &'a Known, message: Option<&'a str>) -> Case<'a> {
    Case { plan, task: &plan.tasks[0], step, place: None, message: message.map(BStr::new), known }
}

/// A name that is known to be one.
pub fn name(text: &str) -> TaskName {
    TaskName::new(text).expect("a name")
}

/// An object that is told from others by a number.
pub fn id(number: u8) -> ObjectId {
    ObjectId::from_bytes_or_panic(&[number; 20])
}

/// A regular file with the content of this number; 0 stands for no file.
pub fn file(number: u8) -> Option<Entry> {
    (number > 0).then(|| Entry { kind: Kind::File, id: id(number) })
}

/// A change of one file from one content to another.
pub fn change(path: &str, old: u8, new: u8) -> PathChange {
    PathChange { path: path.into(), old: file(old), new: file(new) }
}
