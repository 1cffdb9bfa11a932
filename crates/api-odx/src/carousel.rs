//! Rows of the browse screen and of the channel screen, and their tiles.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use marquee_catalog::CatalogError;
use marquee_catalog::browse::PageRequest;
use marquee_catalog::home::{self, TileQuery, Viewer};
use marquee_domain::home::Surface;

use crate::Deps;
use crate::call::{Call, owner_of};
use crate::error::Error;
use crate::params::{
    CallHeaders, Canonical, DeviceHeader, GroupParams, PageParams, Query, RowParams,
};
use crate::views::{
    ChannelPage, ChannelRow, Envelope, Failures, FailuresWithoutMissing, InnerRows, LiveGroups,
    PersonalFailures, RowOfChannels, Tile, TilePage,
};

/// Get the live carousel groups.
#[utoipa::path(get, path = "/carousel/group/", operation_id = "getActiveCarouselGroup", tag = "Carousel",
    params(CallHeaders),
    responses((status = 200, body = Envelope<LiveGroups>), FailuresWithoutMissing))]
pub(crate) async fn get_active_carousel_group(
    State(deps): State<Arc<Deps>>,
    call: Call,
) -> Result<Response<Body>, Error> {
    call.cached(&deps, "getActiveCarouselGroup", "", async || {
        let mut reader = deps.db.reader();
        let browser = home::live_group(&mut reader, call.who, Surface::Browser).await?;
        let channel = home::live_group(&mut reader, call.who, Surface::Channel).await?;
        Ok(LiveGroups::new(browser, channel))
    })
    .await
}

/// Get the rows of the browse screen.
#[utoipa::path(get, path = "/carousel/browser/group/", operation_id = "getCarouselBrowserGroup", tag = "Carousel",
    params(GroupParams, CallHeaders),
    responses((status = 200, body = Envelope<InnerRows>), Failures))]
pub(crate) async fn get_carousel_browser_group(
    State(deps): State<Arc<Deps>>,
    mut query: Query,
    call: Call,
) -> Result<Response<Body>, Error> {
    let slug = query.text("group");
    let address = query.finish()?;
    call.cached(&deps, "getCarouselBrowserGroup", &address.key, async || {
        let mut reader = deps.db.reader();
        let found = home::group(&mut reader, call.who, Surface::Browser, slug.as_deref()).await?;
        Ok(InnerRows::new(
            found.as_ref(),
            call.look(&deps.public_url.current()),
        ))
    })
    .await
}

/// Get the rows of the channel screen.
#[utoipa::path(get, path = "/carousel/channel/group/", operation_id = "getCarouselChannelGroup", tag = "Carousel",
    params(GroupParams, CallHeaders),
    responses((status = 200, body = Envelope<Vec<RowOfChannels>>), Failures))]
pub(crate) async fn get_carousel_channel_group(
    State(deps): State<Arc<Deps>>,
    mut query: Query,
    call: Call,
) -> Result<Response<Body>, Error> {
    let slug = query.text("group");
    let address = query.finish()?;
    call.cached(&deps, "getCarouselChannelGroup", &address.key, async || {
        let mut reader = deps.db.reader();
        let found = home::group(&mut reader, call.who, Surface::Channel, slug.as_deref()).await?;
        let base = deps.public_url.current();
        let look = call.look(&base);
        let rows = found.iter().flat_map(|(_, rows)| rows);
        Ok(rows
            .map(|row| RowOfChannels::new(row, look))
            .collect::<Vec<_>>())
    })
    .await
}

/// What is asked of a carousel.
struct Asked {
    slug: Option<String>,
    page: PageRequest,
    address: Canonical,
}

impl Asked {
    fn read(mut query: Query) -> Result<Self, Error> {
        Ok(Self {
            slug: query.text("slug"),
            page: query.page(),
            address: query.finish()?,
        })
    }

    fn tiles<'a>(&'a self, surface: Surface, viewer: Option<Viewer<'a>>) -> TileQuery<'a> {
        TileQuery {
            surface,
            slug: self.slug.as_deref(),
            viewer,
        }
    }
}

/// List the tiles of a browse row. Personal rows follow the signed-in user, or the device when
/// nobody is signed in.
#[utoipa::path(get, path = "/carousel/", operation_id = "listCarousel", tag = "Carousel",
    params(RowParams, PageParams, CallHeaders, DeviceHeader), security((), ("bearerAuth" = [])),
    responses((status = 200, body = Envelope<TilePage>), PersonalFailures))]
pub(crate) async fn list_carousel(
    State(deps): State<Arc<Deps>>,
    query: Query,
    call: Call,
) -> Result<Response<Body>, Error> {
    let asked = Asked::read(query)?;
    let owner = owner_of(&call, &deps).await?;
    let tiles = async || {
        let recent = match &owner {
            Some(owner) => deps.watching.recent(owner, call.who.service).await?,
            None => Vec::new(),
        };
        let viewer = owner.as_ref().map(|owner| Viewer {
            owner,
            recent: &recent,
        });
        let query = asked.tiles(Surface::Browser, viewer);
        let mut reader = deps.db.reader();
        let found =
            home::tiles(&mut reader, call.who, &*deps.neighbours, query, asked.page).await?;
        let base = deps.public_url.current();
        let look = call.look(&base);
        Ok::<_, CatalogError>(TilePage::new(
            &found,
            asked.page,
            &asked.address,
            look,
            Tile::new,
        ))
    };
    if owner.is_none() {
        return call
            .cached(&deps, "listCarousel", &asked.address.key, tiles)
            .await;
    }
    match tiles().await {
        Ok(page) => Ok(call.private(page)),
        Err(error) => Err(call.failed(&error)),
    }
}

/// List the tiles of a channel row.
#[utoipa::path(get, path = "/carousel/channel/", operation_id = "listCarouselChannels", tag = "Carousel",
    params(RowParams, PageParams, CallHeaders),
    responses((status = 200, body = Envelope<ChannelPage>), Failures))]
pub(crate) async fn list_carousel_channels(
    State(deps): State<Arc<Deps>>,
    query: Query,
    call: Call,
) -> Result<Response<Body>, Error> {
    let asked = Asked::read(query)?;
    call.cached(
        &deps,
        "listCarouselChannels",
        &asked.address.key,
        async || {
            let query = asked.tiles(Surface::Channel, None);
            let mut reader = deps.db.reader();
            let found =
                home::tiles(&mut reader, call.who, &*deps.neighbours, query, asked.page).await?;
            let base = deps.public_url.current();
            let look = call.look(&base);
            Ok(ChannelPage::new(
                &found,
                asked.page,
                &asked.address,
                look,
                ChannelRow::new,
            ))
        },
    )
    .await
}
