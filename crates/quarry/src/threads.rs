//! How many threads there can be.

use std::{sync::mpsc, thread, time::Duration};

/// More than this help nobody.
pub const MOST: usize = 256;
/// Threads that the system must allow besides: the first one, the clock, signals, the progress bar.
const BESIDES: usize = 4;
const STACK: usize = 16 << 10;

/// Of the threads that are wanted those that can work: each needs a second one that reads for it. None where the
/// system allows not even one.
pub fn possible(wanted: usize) -> usize {
    let wanted = wanted.clamp(1, MOST);
    let needed = 2 * wanted + BESIDES;
    let started = startable(needed);
    if started == needed { wanted } else { started.saturating_sub(BESIDES) / 2 }
}

/// How many of so many threads the system starts; all of them have ended afterwards.
fn startable(needed: usize) -> usize {
    let (mut waiting, mut threads) = (Vec::new(), Vec::new());
    for _ in 0..needed {
        let (release, held) = mpsc::channel::<()>();
        let body = move || {
            let _ = held.recv_timeout(Duration::from_secs(5));
        };
        match thread::Builder::new().stack_size(STACK).spawn(body) {
            Ok(thread) => {
                waiting.push(release);
                threads.push(thread);
            }
            Err(_) => break,
        }
    }
    drop(waiting);
    let started = threads.len();
    threads.into_iter().for_each(|thread| {
        let _ = thread.join();
    });
    started
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_possible_within_bounds() {
        assert_eq!((possible(0), possible(3)), (1, 3));
        assert!(possible(usize::MAX) <= MOST);
    }
}
