/** Jest loads it before each test file that keeps its state in PostgreSQL. */
process.env.TEST_DATABASE = 'postgres';
