//! What functions make of their constant arguments: made once, not for every batch.

use std::any::Any;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::mem;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use arrow::array::ListArray;
use datafusion_common::ScalarValue;

/// Entries of a generation; there are two, so what was used last is kept at least so long.
const GENERATION: usize = 1024;

/// Remembers what a function made of constants: of lists as long as the plan that holds them lives, of other
/// values until many more came. A function has one of its own.
#[derive(Debug, Default)]
pub struct Constants {
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Key, Slot>,
    old: HashMap<Key, Slot>,
}

type Key = Box<[Part]>;
type Made = Result<Arc<dyn Any + Send + Sync>, String>;
/// Filled by the first that needs it; others wait.
type Slot = Arc<OnceLock<Made>>;

#[derive(Debug)]
enum Part {
    /// A list is known by its place in memory, which nothing else takes while there is a reference.
    List(Weak<ListArray>),
    Value(ScalarValue),
}

impl Part {
    fn new(constant: &ScalarValue) -> Self {
        match constant {
            ScalarValue::List(list) => Self::List(Arc::downgrade(list)),
            other => Self::Value(other.clone()),
        }
    }

    fn is_gone(&self) -> bool {
        matches!(self, Self::List(list) if list.strong_count() == 0)
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(one), Self::List(other)) => one.ptr_eq(other),
            (Self::Value(one), Self::Value(other)) => one == other,
            _ => false,
        }
    }
}

impl Eq for Part {}

impl Hash for Part {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::List(list) => list.as_ptr().hash(state),
            Self::Value(value) => value.hash(state),
        }
    }
}

impl Constants {
    /// What `make` gives for these constants, from memory where it was made before.
    ///
    /// # Errors
    /// What `make` says; it is remembered too.
    pub fn get<T: Send + Sync + 'static>(
        &self,
        constants: &[&ScalarValue],
        make: impl FnOnce() -> Result<T, String>,
    ) -> Result<Arc<T>, String> {
        let key = constants.iter().map(|constant| Part::new(constant)).collect();
        let slot = self.generations.lock().unwrap_or_else(PoisonError::into_inner).slot(key);
        let made = slot.get_or_init(|| make().map(|made| Arc::new(made) as Arc<dyn Any + Send + Sync>));
        let found = made.clone()?.downcast();
        found.map_err(|_| "a function made two kinds of things of one constant".to_owned())
    }
}

impl Constants {
    /// As [`Constants::get`], of what cannot fail.
    pub(super) fn of<T: Send + Sync + 'static>(
        &self,
        constants: &[&ScalarValue],
        make: impl Fn() -> T,
    ) -> Arc<T> {
        self.get(constants, || Ok(make())).unwrap_or_else(|_| Arc::new(make()))
    }
}

impl Generations {
    fn slot(&mut self, key: Key) -> Slot {
        if let Some(slot) = self.young.get(&key) {
            return Arc::clone(slot);
        }
        let slot = self.old.remove(&key).unwrap_or_else(|| {
            let lives = |key: &Key| !key.iter().any(Part::is_gone);
            self.young.retain(|key, _| lives(key));
            self.old.retain(|key, _| lives(key));
            Slot::default()
        });
        if self.young.len() >= GENERATION {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, Arc::clone(&slot));
        slot
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::base::list_scalar;

    fn count(constants: &Constants, of: &[&ScalarValue], made: &mut usize) -> usize {
        let make = || {
            *made += 1;
            Ok(*made)
        };
        *constants.get(of, make).unwrap()
    }

    #[test]
    fn what_was_made_is_kept() {
        let (constants, mut made) = (Constants::default(), 0);
        let (text, other) = (ScalarValue::from("a"), ScalarValue::from("b"));
        assert_eq!(count(&constants, &[&text], &mut made), 1);
        assert_eq!(count(&constants, &[&ScalarValue::from("a")], &mut made), 1);
        assert_eq!(count(&constants, &[&text, &other], &mut made), 2);
        for number in 0..GENERATION * 4 {
            count(&constants, &[&ScalarValue::from(number as u64)], &mut made);
            count(&constants, &[&other], &mut made);
        }
        assert_eq!(made, 3 + GENERATION * 4);
        let generations = constants.generations.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= 2 * GENERATION);
    }

    #[test]
    fn lists_are_known_by_place_and_forgotten_with_their_plan() {
        let (constants, mut made) = (Constants::default(), 0);
        let list = list_scalar(["a", "b"].into_iter());
        assert_eq!(count(&constants, &[&list], &mut made), 1);
        assert_eq!(count(&constants, &[&list.clone()], &mut made), 1);
        assert_eq!(count(&constants, &[&list_scalar(["a", "b"].into_iter())], &mut made), 2);
        assert_eq!(count(&constants, &[&ScalarValue::Null], &mut made), 3);
        assert_eq!(constants.generations.lock().unwrap().young.len(), 2);
    }

    #[test]
    fn a_fault_is_kept_too() {
        let constants = Constants::default();
        for _ in 0..2 {
            let found = constants.get::<()>(&[&ScalarValue::Null], || Err("no".to_owned()));
            assert_eq!(found.unwrap_err(), "no");
        }
    }
}
