//! What takes long to compute is computed once for a scenario and all that are made from it.

use std::sync::{Arc, OnceLock};

/// The value of a function at the first argument it was asked for, shared by all clones. Another argument is computed anew each time: so
/// what was changed since is never answered with what was known before.
#[derive(Debug)]
pub(crate) struct Memory<K, V>(Arc<OnceLock<(K, Arc<V>)>>);

impl<K: PartialEq, V> Memory<K, V> {
    /// The value at an argument.
    pub(crate) fn of<E>(&self, key: K, value: impl FnOnce() -> Result<V, E>) -> Result<Arc<V>, E> {
        if let Some((known, value)) = self.0.get()
            && *known == key
        {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(value()?);
        // Whoever was faster has computed the same, or something else was asked for first.
        let _kept = self.0.set((key, Arc::clone(&value)));
        Ok(value)
    }
}

impl<K, V> Clone for Memory<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;

    #[test]
    fn clones_share_what_was_computed_and_another_argument_is_computed_anew() {
        let memory = Memory::<u32, u32>::default();
        let ask =
            |memory: &Memory<u32, u32>, key: u32, value: u32| *memory.of(key, || Ok::<_, ()>(value)).unwrap();
        assert_eq!(ask(&memory, 1, 10), 10);
        assert_eq!(ask(&memory.clone(), 1, 11), 10);
        assert_eq!((ask(&memory, 2, 20), ask(&memory, 2, 21)), (20, 21));
        assert_eq!(Memory::<u32, u32>::default().of(1, || Err(())), Err(()));
    }
}
