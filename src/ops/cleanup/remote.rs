//! `--remote`: the branches of the remote, where its own base branch has their work.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use bstr::ByteSlice;
use gix_hash::ObjectId;

use crate::model::branch;
use crate::model::cleanup::{Fate, Force, Item, Keep, Thing};
use crate::model::name::TaskName;
use crate::ops::cleanup::gather::Scene;
use crate::ops::cleanup::proof::{Branch, Standing};
use crate::ops::cleanup::{Mode, Options};

/// A branch of the remote that may go: its short name, whose it is and where it is.
struct Candidate<'a> {
    branch: &'a str,
    task: Option<&'a TaskName>,
    tip: ObjectId,
}

/// Deletes what is merged, each branch only if it still is where it was when that was proved.
pub fn clean(scenes: &[Scene<'_>], options: &Options) -> Result<Vec<Item>> {
    let Some((scene, remote)) = scenes.first().and_then(|scene| Some((scene, scene.repo.run_remote()?)))
    else {
        return Ok(Vec::new());
    };
    let base = scene.base();
    let there = heads(scene, &remote)?;
    let tasks = scenes.iter().flat_map(|scene| &scene.tasks);
    let tasks = tasks.map(|site| (site.task.branch.as_str(), Some(&site.task.name)));
    let mut items = Vec::new();
    for (branch, task) in tasks.chain([(scene.integration.as_str(), None)]) {
        let Some(&tip) = there.get(branch) else { continue };
        let candidate = Candidate { branch, task, tip };
        let keep =
            keep(scene, options, &candidate, (there.get(&base).copied(), &format!("{remote}/{base}")))?;
        let fate = match keep {
            Some(keep) => Fate::Kept(keep),
            None if options.mode == Mode::DryRun => Fate::removed(None),
            None => delete(scene, &remote, &candidate)?,
        };
        let thing = Thing::RemoteBranch { remote: remote.clone(), branch: branch.to_owned() };
        items.push(Item { task: task.cloned(), thing, fate });
    }
    Ok(items)
}

/// Where the remote's branches are now; a remote-tracking ref may be old.
fn heads(scene: &Scene<'_>, remote: &str) -> Result<BTreeMap<String, ObjectId>> {
    let said = scene.repo.git().args(["ls-remote", "--heads", "--", remote]).output();
    let said = said.with_context(|| format!("cannot ask {remote} for its branches"))?;
    let mut heads = BTreeMap::new();
    for line in said.lines() {
        if let Some((id, name)) = line.split_once_str("\t")
            && let (Ok(id), Some(name)) = (ObjectId::from_hex(id), name.strip_prefix(b"refs/heads/"))
        {
            heads.insert(name.to_str_lossy().into_owned(), id);
        }
    }
    Ok(heads)
}

fn keep(
    scene: &Scene<'_>,
    options: &Options,
    candidate: &Candidate<'_>,
    (base_tip, base): (Option<ObjectId>, &str),
) -> Result<Option<Keep>> {
    let repo = scene.repo;
    if !repo.contains(candidate.tip) {
        return Ok(Some(Keep::RemoteUnknown));
    }
    if options.force == Force::Insisted {
        return Ok(None);
    }
    let is_merged = match base_tip.filter(|tip| repo.contains(*tip)) {
        Some(base_tip) => {
            let branch = Branch { tip: candidate.tip, own: &[], changes: &[] };
            matches!(scene.prover.prove(branch, base_tip)?, Standing::Merged(_))
        }
        None => false,
    };
    Ok((!is_merged).then(|| Keep::RemoteUnmerged(base.to_owned())))
}

fn delete(scene: &Scene<'_>, remote: &str, candidate: &Candidate<'_>) -> Result<Fate> {
    let run = &scene.recorded.plan.run;
    let what = candidate.task.map_or("integration", TaskName::as_str);
    let backup = scene.repo.keep_backup(run, what, candidate.tip)?;
    let name = branch::full(candidate.branch);
    let lease = format!("--force-with-lease={name}:{}", candidate.tip);
    let pushed =
        scene.repo.git().args(["push", "--quiet", &lease, "--", remote, &format!(":{name}")]).run()?;
    if pushed.success() {
        return Ok(Fate::removed(Some(backup)));
    }
    Ok(Fate::Kept(Keep::Refused(pushed.stderr.trim().to_str_lossy().into_owned())))
}
