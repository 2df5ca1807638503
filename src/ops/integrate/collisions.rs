//! Which of the tasks that take part conflict, two at a time: what their order is made from.

use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::clean_room::CleanRoom;
use crate::git::meetings::CACHE;
use crate::model::facts::Facts;
use crate::model::integration::order::Collisions;
use crate::model::meeting::Meeting;
use crate::model::name::TaskName;
use crate::model::plan::Task;

/// Which tasks conflict with one another or with the start, and what could not be found out. What is
/// unknown counts as a conflict. Without an answer the order is only less good.
pub fn among<'t>(
    (repo, room): (&Repository, &CleanRoom),
    facts: &Facts,
    tasks: &[&'t Task],
    start: ObjectId,
) -> (Collisions, Option<String>) {
    let tip = |task: &&'t Task| Some((&task.name, facts.task(&task.name)?.effective_tip()?));
    let tips: Vec<(&'t TaskName, ObjectId)> = tasks.iter().filter_map(tip).collect();
    let all = (0..tips.len()).flat_map(|one| (one + 1..tips.len()).map(move |other| (one, other)));
    let places: Vec<(usize, usize)> = all.collect();
    let with_start = tips.iter().map(|(_, tip)| (start, *tip));
    let among = places.iter().map(|(one, other)| (tips[*one].1, tips[*other].1));
    let commits: Vec<(ObjectId, ObjectId)> = with_start.chain(among).collect();
    // A forecast writes nothing, not even what it has found out.
    let mut cache = repo.cache(CACHE);
    let meetings = match room.meet(facts.base_commit_id, &commits, &mut cache) {
        Ok(meetings) => meetings,
        Err(error) => return (Collisions::default(), Some(format!("which tasks collide: {error:#}"))),
    };
    let collides = |meeting: &Meeting| matches!(meeting, Meeting::Conflict { .. } | Meeting::Unknown(_));
    let (of_start, of_pairs) = meetings.split_at(tips.len());
    let with_start = tips.iter().zip(of_start).filter(|(_, meeting)| collides(meeting));
    let pairs = places.iter().zip(of_pairs).filter(|(_, meeting)| collides(meeting));
    let collisions = Collisions {
        with_start: with_start.map(|((name, _), _)| (*name).clone()).collect(),
        pairs: pairs.map(|((one, other), _)| (tips[*one].0.clone(), tips[*other].0.clone())).collect(),
    };
    (collisions, None)
}
