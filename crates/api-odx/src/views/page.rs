//! A page of a list, one type per schema of the contract.

macro_rules! page {
    ($page:ident as $name:ident of $item:ty) => {
        /// A page of a list.
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        #[schema(as = $name)]
        pub struct $page {
            /// Number of items over all pages.
            count: i64,
            /// Absolute address of the following page, null on the last one.
            #[schema(required = true)]
            next: Option<String>,
            /// Absolute address of the preceding page, null on the first one.
            #[schema(required = true)]
            previous: Option<String>,
            /// Number of the following page.
            #[schema(required = true)]
            page_next: Option<i64>,
            /// Number of the preceding page.
            #[schema(required = true)]
            page_previous: Option<i64>,
            /// Page size that was applied.
            page_size: i64,
            /// Items of this page.
            results: Vec<$item>,
        }

        impl $page {
            /// A page of these items; what `item` makes nothing of is left out.
            pub(crate) fn new<T, I: Into<Option<$item>>>(
                listing: &marquee_catalog::browse::Listing<T>,
                page: marquee_catalog::browse::PageRequest,
                address: &crate::params::Canonical,
                look: crate::views::Look<'_>,
                item: impl Fn(&T, crate::views::Look<'_>) -> I,
            ) -> Self {
                let count = listing.count;
                let items = listing.items.iter();
                let results = items.filter_map(|of| item(of, look).into()).collect();
                let seen = i64::from(page.number) * i64::from(page.size);
                let next = (seen < count).then(|| page.number + 1);
                let previous = (page.number > 1).then(|| page.number - 1);
                Self {
                    count,
                    next: next.map(|number| address.page_address(look.public_url, number)),
                    previous: previous.map(|number| address.page_address(look.public_url, number)),
                    page_next: next.map(i64::from),
                    page_previous: previous.map(i64::from),
                    page_size: i64::from(page.size),
                    results,
                }
            }
        }
    };
}

pub(super) use page;
