//! Files that a command of the plan makes, such as lock files: where one of them conflicts, it is not
//! merged but made anew from the merged files (S1-83), in the private worktree.
//!
//! Only commands that a person accepted on this machine run, and only what they make of these files
//! counts: a command that fails, or that changes another tracked file, leaves the conflict to a person.

use anyhow::Result;
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::integration::resolution::How;
use crate::ops::consent;
use crate::ops::integrate::proceed::Work;
use crate::ops::integrate::trial::Attempt;
use crate::ops::plan_command;

/// Makes the generated files of a merge that nothing else stands in the way of.
pub fn make(work: &Work<'_>, onto: ObjectId, mut attempt: Box<Attempt>) -> Result<Box<Attempt>> {
    let (paths, commands) = asked(&attempt);
    let Some(tree_id) = attempt.resolved_tree_id.filter(|_| !paths.is_empty()) else { return Ok(attempt) };
    if work.needs_a_person(&attempt) {
        return Ok(attempt);
    }
    match run(work, (tree_id, [onto, attempt.tip]), &paths, &commands)? {
        Ok(tree_id) => attempt.resolved_tree_id = Some(tree_id),
        Err(why) => {
            attempt.resolved_tree_id = None;
            for proposal in attempt.clashes.iter_mut().filter_map(|clash| clash.proposal.as_mut()) {
                if let How::Generated(_) = proposal.how {
                    proposal.how = How::NotGenerated(why.clone());
                }
            }
        }
    }
    Ok(attempt)
}

/// The files that are to be made, and the commands, each once.
fn asked(attempt: &Attempt) -> (Vec<BString>, Vec<String>) {
    let (mut paths, mut commands) = (Vec::new(), Vec::new());
    for proposal in attempt.clashes.iter().filter_map(|clash| clash.proposal.as_ref()) {
        let How::Generated(command) = &proposal.how else { continue };
        paths.extend(proposal.files.iter().map(|(path, _)| path.clone()));
        if !commands.contains(command) {
            commands.push(command.clone());
        }
    }
    (paths, commands)
}

/// The merged tree with the files that the commands made; or why there is none.
fn run(
    work: &Work<'_>,
    (tree_id, parents): (ObjectId, [ObjectId; 2]),
    paths: &[BString],
    commands: &[String],
) -> Result<Result<ObjectId, String>> {
    let repo = work.scene.repo;
    let unaccepted = consent::outstanding(repo, &work.scene.facts.plan)?;
    if let Some(command) = commands.iter().find(|command| unaccepted.contains(command)) {
        return Ok(Err(format!("nobody accepted `{command}`")));
    }
    work.scene.room.hand_over(repo, &[tree_id], &parents)?;
    let draft = repo.commit_tree(tree_id, &parents, "Merged files, before others are made of them")?;
    let bench = repo.workbench(&work.recorded.plan.run);
    bench.show(draft)?;
    bench.sweep()?;
    for command in commands {
        let ended = plan_command::run(command, bench.path())?;
        if !ended.is_success() {
            let code = ended.code.map_or("a signal".to_owned(), |code| format!("exit code {code}"));
            let last = ended.tail.lines().last().unwrap_or_default().to_owned();
            return Ok(Err(format!("`{command}` failed with {code}: {last}")));
        }
    }
    if let Some(other) = bench.leftovers()?.unstaged.iter().find(|path| !paths.contains(path)) {
        return Ok(Err(format!("it changed {} as well", other.to_str_lossy())));
    }
    bench.add(paths)?;
    bench.tree().map(Ok)
}
