"""The site itself: pages, GraphQL answers, uploads, errors, the control endpoints."""
