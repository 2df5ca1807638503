//! `git orchestrate plan`: what a plan says, when each task can run, and what is wrong with it.
//!
//! It works without a repository. With one it also looks whether the base is there and whether a
//! path in a scope is a directory. It changes nothing.

use anyhow::Result;
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::model::plan::finding::{Part, PlanFinding, Scope};
use crate::model::plan::read::Reading;
use crate::model::schedule::Schedule;
use crate::ops::plan_file::PlanFile;
use crate::ops::run;

/// Which plan.
#[derive(Debug, Clone)]
pub struct Options {
    /// The text; the recorded plan of the run if there is none.
    pub file: Option<PlanFile>,
    /// For a text, how its run is called; else which run.
    pub run: Option<String>,
}

/// What a plan says.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The plan and its findings.
    pub reading: Reading,
    /// When each task can run; `None` where there is no plan.
    pub schedule: Option<Schedule>,
}

/// Reads a plan and judges it. `repo` is the repository that it is for, if it is for one.
pub fn run(repo: Option<&Repository>, options: &Options) -> Result<Outcome> {
    let mut reading = match (&options.file, repo) {
        (Some(file), _) => file.read(options.run.as_deref()),
        (None, Some(repo)) => Reading::of_recorded(run::choose(repo, options.run.as_deref())?.plan),
        (None, None) => Reading::default(),
    };
    if let Some(repo) = repo {
        look_around(repo, &mut reading);
    }
    let schedule = reading.plan.as_ref().map(Schedule::of);
    Ok(Outcome { reading, schedule })
}

/// Compares the plan with the commit that it starts from. A base that is not there yet is no reason
/// to refuse a look at the plan; `start` refuses it.
fn look_around(repo: &Repository, reading: &mut Reading) {
    let Some(plan) = &reading.plan else { return };
    let base = repo.resolve(&plan.base).and_then(|id| repo.commit(id));
    let mut findings = Vec::new();
    match base {
        Err(_) => {
            findings.push(PlanFinding::warning(
                Part::Base,
                crate::model::plan::finding::Form::NoBase { base: plan.base.clone() },
            ));
        }
        Ok(base) => {
            for (task, written) in plan.tasks.iter().enumerate() {
                let directories = written.scope.iter().enumerate().filter(|(_, entry)| {
                    let path = entry.pattern.literal();
                    path.is_some_and(|path| is_directory(repo, base.tree_id, path))
                });
                findings.extend(directories.map(|(index, entry)| {
                    let path = entry.pattern.to_string();
                    PlanFinding::warning(Part::Scope(task, index), Scope::NamesDirectory { path })
                }));
            }
        }
    }
    for finding in findings {
        reading.add(finding);
    }
}

fn is_directory(repo: &Repository, tree_id: ObjectId, path: &bstr::BStr) -> bool {
    repo.tree_names(tree_id, path.as_bytes().as_bstr()).is_ok_and(|names| !names.is_empty())
}
