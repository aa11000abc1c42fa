//! The 1.0 dialect of A2A, served by the official crate.
//!
//! Does not: stream tokens; every execution yields one event.

use std::sync::Arc;

use a2a::{
    A2AError, AgentCapabilities, AgentCard, AgentInterface, AgentSkill, Artifact, Message, Part, Role,
    StreamResponse, Task, TaskState, TaskStatus,
};
use a2a_server::{
    AgentExecutor, DefaultRequestHandler, ExecutorContext, InMemoryTaskStore, StaticAgentCard, agent_card,
    jsonrpc,
};
use axum::Router;
use futures_util::stream::{self, BoxStream};

use super::Brain;
use super::performance::BRAIN_HEADER;

/// The shape in which a runtime answers.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Message,
    Task,
}

/// An agent behind the official server; a header brings its brain.
struct Agent {
    shape: Shape,
}

/// The routes of the dialect: JSON-RPC at the root and the agent card.
pub(super) fn routes(name: &str, runtime: &str, url: &str) -> Router {
    let shape = if runtime == "hermes" { Shape::Task } else { Shape::Message };
    let agent = Agent { shape };
    let server = DefaultRequestHandler::new(agent, InMemoryTaskStore::new());
    jsonrpc::jsonrpc_router(Arc::new(server))
        .merge(agent_card::agent_card_router(Arc::new(StaticAgentCard::new(card(name, runtime, url)))))
}

fn card(name: &str, runtime: &str, url: &str) -> AgentCard {
    let addition = AgentSkill {
        id: "addition".to_owned(),
        name: "Addition".to_owned(),
        description: "Answers the addition in a message.".to_owned(),
        tags: vec!["arithmetic".to_owned()],
        examples: Some(vec!["What is 1 + 1?".to_owned()]),
        input_modes: None,
        output_modes: None,
        security_requirements: None,
    };
    AgentCard {
        name: name.to_owned(),
        description: format!("An embedded {runtime} agent."),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        supported_interfaces: vec![AgentInterface::new(url, "JSONRPC")],
        capabilities: AgentCapabilities {
            streaming: Some(false),
            push_notifications: Some(false),
            extensions: None,
            extended_agent_card: None,
        },
        default_input_modes: vec!["text/plain".to_owned()],
        default_output_modes: vec!["text/plain".to_owned()],
        skills: vec![addition],
        provider: None,
        documentation_url: None,
        icon_url: None,
        security_schemes: None,
        security_requirements: None,
        signatures: None,
    }
}

impl AgentExecutor for Agent {
    fn execute(&self, context: ExecutorContext) -> BoxStream<'static, Result<StreamResponse, A2AError>> {
        let parts = context.message.as_ref().map(|message| message.parts.as_slice()).unwrap_or_default();
        let prompt = parts.iter().filter_map(Part::as_text).collect::<Vec<_>>().join("\n");
        let named = context.service_params.get(BRAIN_HEADER).and_then(|words| words.first());
        let brain = named.and_then(|word| Brain::named(word)).unwrap_or(Brain::Sound);
        let reply = brain.reply(&prompt);
        let event = match self.shape {
            Shape::Message => {
                let mut message = Message::new(Role::Agent, vec![Part::text(reply)]);
                message.context_id = Some(context.context_id);
                StreamResponse::Message(message)
            }
            Shape::Task => StreamResponse::Task(task(context, TaskState::Completed, Some(reply))),
        };
        Box::pin(stream::iter([Ok(event)]))
    }

    fn cancel(&self, context: ExecutorContext) -> BoxStream<'static, Result<StreamResponse, A2AError>> {
        Box::pin(stream::iter([Ok(StreamResponse::Task(task(context, TaskState::Canceled, None)))]))
    }
}

fn task(context: ExecutorContext, state: TaskState, reply: Option<String>) -> Task {
    let artifact = |text| Artifact {
        artifact_id: a2a::new_artifact_id(),
        name: Some("reply".to_owned()),
        description: None,
        parts: vec![Part::text(text)],
        metadata: None,
        extensions: None,
    };
    Task {
        id: context.task_id,
        context_id: context.context_id,
        status: TaskStatus { state, message: None, timestamp: None },
        artifacts: reply.map(|text| vec![artifact(text)]),
        history: context.message.map(|message| vec![message]),
        metadata: None,
    }
}
