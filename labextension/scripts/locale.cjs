module.exports = () => {
  process.env.LC_ALL = 'en_US.UTF-8';
  process.env.TZ = 'UTC';
};
