//! More than one machine, for real: `daybook serve` processes on one `PostgreSQL`, with the embedded
//! engine and with Restate. Nodes, `PostgreSQL` and Restate are killed with `kill -9` under load; the
//! books end as if nothing had happened.

#[path = "support/cluster.rs"]
mod cluster;
#[cfg(test)]
#[path = "../../store/tests/support/programs.rs"]
mod programs;

use std::net::SocketAddr;
use std::time::Duration;

use cluster::{Balancer, Node, Postgres, Restate, Served, free_port, wait_for};

/// What was on the wire of a node that was killed is looked up after a minute and a half.
const PATIENCE: Duration = Duration::from_mins(4);
const ORDERS: usize = 240;

fn worlds(seeds: &[u64]) -> Vec<Served> {
    seeds.iter().map(|seed| Served::start(*seed, ORDERS)).collect()
}

fn posted(worlds: &[Served]) -> usize {
    worlds.iter().map(|one| one.world.truth().posted).sum()
}

#[test]
fn a_standby_takes_over_within_seconds_and_nothing_is_doubled() {
    let Some(postgres) = Postgres::start() else { return };
    let worlds = worlds(&[21, 22]);
    let mut nodes: Vec<Node> = (0..2).map(|_| Node::new(&postgres.url(), "", &[])).collect();
    for one in &worlds {
        nodes[0].connect(&one.url);
    }
    nodes[0].serve();
    let leads = |node: &Node| node.log().contains("This node gives turns now");
    wait_for("the first node leads", PATIENCE, || leads(&nodes[0]));
    nodes[1].serve();
    wait_for("work has begun", PATIENCE, || posted(&worlds) > 40);
    nodes[0].kill();
    let took = wait_for("the second node leads", PATIENCE, || leads(&nodes[1]));
    println!("the standby took over after {took:?}");
    // The database dies under it as well, and comes back.
    wait_for("the work goes on", PATIENCE, || posted(&worlds) > 80);
    postgres.kill_and_restart();
    nodes[0].serve();
    wait_for("everything is posted", PATIENCE, || worlds.iter().all(Served::is_done));
    worlds.iter().for_each(Served::check);
}

#[test]
fn two_nodes_share_work_by_restate_and_whoever_is_killed_is_not_missed() {
    let (Some(postgres), Some(mut restate)) = (Postgres::start(), Restate::start()) else { return };
    let worlds = worlds(&[31, 32, 33]);
    let doors: Vec<SocketAddr> =
        (0..2).map(|_| SocketAddr::from(([127, 0, 0, 1], free_port()))).collect();
    let balancer = Balancer::start(doors.clone());
    let mut nodes: Vec<Node> = doors
        .iter()
        .map(|door| {
            let config = restate.config(*door, balancer.address);
            Node::new(&postgres.url(), &config, &["--engine", "restate"])
        })
        .collect();
    for one in &worlds {
        nodes[0].connect(&one.url);
    }
    nodes.iter_mut().for_each(Node::serve);
    wait_for("work has begun", PATIENCE, || posted(&worlds) > 60);
    nodes[0].kill();
    wait_for("the other node goes on", PATIENCE, || posted(&worlds) > 150);
    nodes[0].serve();
    // Restate forgets everything; our tables do not.
    restate.kill_and_forget();
    wait_for("everything is posted", PATIENCE, || worlds.iter().all(Served::is_done));
    worlds.iter().for_each(Served::check);
    let taken = balancer.taken.lock().unwrap().clone();
    println!("connections of Restate: {taken:?}");
    assert!(doors.iter().all(|door| taken.contains_key(door)), "one node had no work: {taken:?}");
}
