//! Creating a workspace, and which model, provider and key it gets.
//!
//! Does not: act, like every list of faults.

macro_rules! creating {
    ([$next:ident $($later:ident)*] $($before:tt)*) => {
        $next! { [$($later)*] $($before)*
            "creating" {
                /// `POST /workspaces` answers 500; nothing is created.
                Create500 => "create-500" at "POST /workspaces",
                /// `POST /workspaces` is accepted and never answered.
                CreateHangs => "create-hangs" at "POST /workspaces",
                /// The label of every external workspace becomes `external`.
                LabelCoerced => "label-coerced" at "POST /workspaces",
                /// A workspace made from a template keeps the template's name as its runtime.
                TemplateRuntimeRaw => "template-runtime-raw" at "POST /workspaces",
                /// The runtime `google-adk` is accepted and provisions like any other.
                GoogleAdkAccepted => "google-adk-accepted" at "POST /workspaces",
                /// Every workspace is billed to the platform.
                BilledToPlatform => "billed-to-platform" at "GET /admin/workspaces/:id/llm-billing-mode",
                /// The keys that come with a create are dropped.
                CreateLosesKeys => "create-loses-keys" at "POST /workspaces",
                /// A model is taken for one of a provider that it does not have.
                ProviderMisderived => "provider-misderived" at "POST /workspaces",
                /// `POST /workspaces` takes any name, role, template, directory, access, delivery mode and url.
                CreateUnchecked => "create-unchecked" at "POST /workspaces",
                /// `POST /workspaces` takes any runtime and any model, with or without a key.
                CreateUnresolved => "create-unresolved" at "POST /workspaces",
                /// A 422 lacks its code.
                RefusalWithoutCode => "refusal-without-code" at "POST /workspaces",
                /// `POST /workspaces` refuses, and the row stays.
                RefusedIsCreated => "refused-is-created" at "POST /workspaces",
            }
        }
    };
}

pub(super) use creating;
