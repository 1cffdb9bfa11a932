//! What a browser sees of the pages, through the real router.
