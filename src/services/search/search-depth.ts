/** A leg goes down to so many objects, or to so many times the page. */
const LEAST_DEPTH = 100;
const DEPTH_OF_PAGE = 10;

/** How many objects a leg is asked for. @param first the size of the page */
export const depthOf = (first: number) => Math.max(LEAST_DEPTH, DEPTH_OF_PAGE * first);
