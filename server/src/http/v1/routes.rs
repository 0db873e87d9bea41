//! Operations of the API and what the OpenAPI document says of them. The document is written down only when somebody asks
//! for it: its making takes 30 MB and touches code all over the program, which an idle server need not hold.

use axum::{
    Router,
    handler::Handler,
    response::IntoResponse,
    routing::{MethodRouter, Route as Service},
};
use domain::Ctx;
use std::convert::Infallible;
use tower::Layer;
use utoipa::openapi::OpenApi;
use utoipa_axum::{
    PathItemExt,
    router::{OpenApiRouter, UtoipaMethodRouter},
};

/// Routes, each with the words it has for the document.
#[derive(Default)]
pub struct Routes {
    router: Router<Ctx>,
    words: Vec<Words>,
}

type Words = fn() -> UtoipaMethodRouter<Ctx>;

/// One operation, as [`routes!`] makes it.
pub struct Route {
    path: String,
    methods: MethodRouter<Ctx>,
    words: Words,
}

/// The operations of the named handlers, which carry `#[utoipa::path]`.
macro_rules! routes {
    ($($handler:ident),+ $(,)?) => {
        ::pastey::paste! {
            [$($crate::http::v1::routes::Route::new::<[<__path_ $handler>], _, _>($handler, || ::utoipa_axum::routes!($handler))),+]
        }
    };
}
pub(crate) use routes;

impl Route {
    /// Where and how `P` says that `handler` answers.
    pub fn new<P: utoipa::Path, H: Handler<T, Ctx>, T: 'static>(handler: H, words: Words) -> Self {
        let methods = P::methods();
        let methods = methods
            .iter()
            .fold(MethodRouter::new(), |router, method| router.on(method.to_method_filter(), handler.clone()));
        Self { path: P::path(), methods, words }
    }
}

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn routes(self, routes: impl IntoIterator<Item = Route>) -> Self {
        routes.into_iter().fold(self, |mut all, route| {
            all.words.push(route.words);
            Self { router: all.router.route(&route.path, route.methods), words: all.words }
        })
    }

    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.words.extend(other.words);
        Self { router: self.router.merge(other.router), words: self.words }
    }

    /// As [`Router::layer`].
    #[must_use]
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<Service> + Clone + Send + Sync + 'static,
        L::Service: tower::Service<axum::extract::Request, Error: Into<Infallible>, Response: IntoResponse, Future: Send>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        Self { router: self.router.layer(layer), words: self.words }
    }

    pub fn into_router(self) -> Router<Ctx> {
        self.router
    }

    /// The operations in the words of OpenAPI.
    pub fn describe(&self) -> OpenApi {
        self.words.iter().fold(OpenApiRouter::new(), |api, words| api.routes(words())).into_openapi()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    /// The document keeps one type of a name: whoever uses the other would read what is not so.
    #[test]
    fn no_two_types_have_one_name() {
        let mut known = HashMap::new();
        for words in &super::super::operations().words {
            for (name, schema) in words().0 {
                let schema = serde_json::to_value(schema).unwrap();
                let before = known.entry(name.clone()).or_insert_with(|| schema.clone());
                assert_eq!(*before, schema, "{name}: give one of them another name with #[schema(as = …)]");
            }
        }
        assert!(known.len() > 100);
    }
}
