/**
 * What Piscina loads. It would `require` an ES module first, and Node 20 aborts the whole process when a thread is
 * terminated while it links one that way. From here on everything is imported.
 */
module.exports = { __esModule: true, default: import('./entry.js').then(({ default: serveLane }) => serveLane) }
