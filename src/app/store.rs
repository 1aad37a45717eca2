//! The browser's database, as far as this page needs it: get, put, delete and list, each in a transaction of its own.
//!
//! Written on the bindings themselves: a crate around them (idb 0.6) is for databases with indices and cursors. Every
//! function fails where the browser denies storage or has no room; what then is the caller's business.

use super::place;
use js_sys::{Array, Function, Promise};
use leptos::prelude::window;
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbRequest, IdbTransaction, IdbTransactionMode};

/// Version of the database's layout: two stores without indices, keys beside the values.
const VERSION: u32 = 1;

/// A store of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// What was chosen, by tab.
    Sessions,
    /// The files, by tab: apart, since they are big and change seldom.
    Files,
}

impl Shelf {
    const ALL: [Self; 2] = [Self::Sessions, Self::Files];

    fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Files => "files",
        }
    }
}

/// The open database.
pub struct Store(IdbDatabase);

impl Store {
    /// Opens it, and makes it where it is not there.
    ///
    /// # Errors
    /// Where the browser denies storage.
    pub async fn open() -> Result<Self, JsValue> {
        let name = place::name("sessions").ok_or(JsValue::UNDEFINED)?;
        let factory = window().indexed_db()?.ok_or(JsValue::UNDEFINED)?;
        let request = factory.open_with_u32(&name, VERSION)?;
        let made = request.clone();
        let make = Closure::once_into_js(move || {
            if let Ok(database) = made.result().and_then(|result| result.dyn_into::<IdbDatabase>()) {
                for shelf in Shelf::ALL {
                    // A store that can't be made fails every later use of it.
                    let _ = database.create_object_store(shelf.name());
                }
            }
        });
        request.set_onupgradeneeded(Some(make.unchecked_ref()));
        answer(&request).await?.dyn_into().map(Self)
    }

    /// The value of a key; `undefined` where there is none.
    ///
    /// # Errors
    /// Where it can't be read.
    pub async fn get(&self, shelf: Shelf, key: &str) -> Result<JsValue, JsValue> {
        let (store, _) = self.shelf(shelf, IdbTransactionMode::Readonly)?;
        answer(&store.get(&key.into())?).await
    }

    /// Every value.
    ///
    /// # Errors
    /// Where they can't be read.
    pub async fn all(&self, shelf: Shelf) -> Result<Array, JsValue> {
        let (store, _) = self.shelf(shelf, IdbTransactionMode::Readonly)?;
        answer(&store.get_all()?).await?.dyn_into()
    }

    /// Keeps a value.
    ///
    /// # Errors
    /// Where there is no room.
    pub async fn put(&self, shelf: Shelf, key: &str, value: &JsValue) -> Result<(), JsValue> {
        let (store, transaction) = self.shelf(shelf, IdbTransactionMode::Readwrite)?;
        store.put_with_key(value, &key.into())?;
        // A store without room says so at the end of the transaction.
        end(&transaction).await
    }

    /// Forgets a key; one that is not there is forgotten already.
    ///
    /// # Errors
    /// Where storage is denied.
    pub async fn delete(&self, shelf: Shelf, key: &str) -> Result<(), JsValue> {
        let (store, transaction) = self.shelf(shelf, IdbTransactionMode::Readwrite)?;
        store.delete(&key.into())?;
        end(&transaction).await
    }

    fn shelf(&self, shelf: Shelf, mode: IdbTransactionMode) -> Result<(IdbObjectStore, IdbTransaction), JsValue> {
        let transaction = self.0.transaction_with_str_and_mode(shelf.name(), mode)?;
        Ok((transaction.object_store(shelf.name())?, transaction))
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// What a request came to.
async fn answer(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let set = |yes: Function, no: Function| {
        request.set_onsuccess(Some(&yes));
        request.set_onerror(Some(&no));
    };
    JsFuture::from(Promise::new(&mut |yes, no| set(yes, no))).await?;
    request.result()
}

/// Waits until a transaction is kept.
async fn end(transaction: &IdbTransaction) -> Result<(), JsValue> {
    let set = |yes: Function, no: Function| {
        transaction.set_oncomplete(Some(&yes));
        transaction.set_onabort(Some(&no));
        transaction.set_onerror(Some(&no));
    };
    JsFuture::from(Promise::new(&mut |yes, no| set(yes, no))).await.map(|_| ())
}
